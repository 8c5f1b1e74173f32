import type { IncomingMessage } from 'node:http';
import type { WebApiCall } from './web-api.ts';

/** The whole body of a request as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A call of the Web API: a form whose objects are JSON, or JSON; undefined where the body is neither. A token in the form counts, one in JSON does not. */
export function readCall(method: string, request: IncomingMessage, body: string): WebApiCall | undefined {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  const type = (request.headers['content-type'] ?? '').split(';')[0];
  if (type === 'application/json') {
    const fields = parseJson(body);
    return typeof fields === 'object' && fields !== null ? { method, token: bearer, fields: { ...fields } } : undefined;
  }
  if (body !== '' && type !== 'application/x-www-form-urlencoded') return undefined;
  const form = Object.fromEntries(new URLSearchParams(body));
  const objects = ['blocks', 'metadata'].filter((name) => form[name] !== undefined);
  const parsed = Object.fromEntries(objects.map((name) => [name, parseJson(form[name] ?? '') ?? 'not json']));
  return { method, token: bearer ?? form['token'], fields: { ...form, ...parsed } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller answers as Slack does.
    return undefined;
  }
}
