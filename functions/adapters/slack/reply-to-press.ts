import { AppError } from '../../errors.ts';
import { parseLoopback } from '../api-root.ts';
import { sendRequest } from '../send-request.ts';

/**
 * Says something that only the person who pressed can see. The address comes with the press: only Slack's own host is called,
 * or this machine in a sandbox run. Throws `slack-refused`, `sandbox-not-loopback`.
 */
export async function replyToPress(
  responseUrl: string,
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  const url = checkUrl(responseUrl, env);
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const { status } = await sendRequest({ method: 'POST', url, headers, body, timeoutMs: 2000 });
  if (status !== 200) throw new AppError('slack-refused', `Slack answered ${status} to a reply.`);
}

function checkUrl(responseUrl: string, env: Readonly<Record<string, string | undefined>>): string {
  if (env['SALLYPORT_SANDBOX_URL']) return parseLoopback('response_url', responseUrl).href;
  const url = URL.parse(responseUrl);
  const isSlack = url?.protocol === 'https:' && url.host === 'hooks.slack.com' && !url.username && !url.password;
  if (url && isSlack) return url.href;
  throw new AppError('slack-refused', 'The address to reply to is not one of Slack; nothing was sent.');
}
