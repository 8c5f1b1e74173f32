import { escapeTerminal } from '../../functions/reports/terminal-text.ts';
import { outputStyle } from '../output-style.ts';
import type { Step } from './play-story.ts';
import type { SlackLine } from './slack-pane.ts';
import type { Stage } from './stage.ts';

const { palette: paint, columns = 100 } = outputStyle();
const indent = ' '.repeat(21);

/** The first lines: what stands here, before anything happens. */
export function printOpening({ estate }: Stage): string {
  const { projectId, service, regions, host } = estate;
  const words =
    `Project ${projectId}: service ${service} in ${regions.join(' and ')}, closed to all but the balancer; one HTTPS ` +
    `balancer for ${host}. IAP, once on, needs run.invoker on the service in every region, and nobody has granted it. ` +
    "Sallyport's functions run beside it, as real processes.";
  const lines = wrap(words, 2).map((line) => `  ${line}`);
  return ['', paint.bold('  Sallyport in a local Google Cloud'), ...lines, ''].join('\n');
}

/** Above the steps. */
export function printHeading(): string {
  return `${paint.dim('     time   calls  what happens; calls = Google API calls that Sallyport made')}\n`;
}

/** One line a step, and what users get in each region below it. */
export function printStep(step: Step, sinceMs: number): string {
  const mark = step.ok ? paint.green('✔') : paint.red('✘');
  const time = `${(sinceMs / 1000).toFixed(1)} s`.padStart(9);
  const calls = step.calls === 0 ? '     –' : String(step.calls).padStart(6);
  const noun = step.pushes ? 'change' : 'grant';
  const writes = step.writes === 0 ? '' : paint.dim(` (${step.writes} ${noun}${step.writes === 1 ? '' : 's'})`);
  const lines = [`${time}  ${calls}  ${mark} ${step.title}${writes}`];
  const got = step.regions ?? step.pushes;
  if (got) lines.push(indent + Object.entries(got).map(printStatus).join('   '));
  for (const line of wrap(step.note ?? '', indent.length)) lines.push(indent + paint.dim(line));
  if (step.report) lines.push(indent + paint.dim(step.report.file));
  lines.push(...step.slack.map(printSlack));
  return lines.join('\n');
}

/** As Slack shows it, in one line. */
function printSlack({ channel, title, text, edited, buttons }: SlackLine): string {
  const mark = /^(fixed|approved|resolved)/i.test(title) ? paint.green('●') : paint.yellow('●');
  const press = buttons.map((button) => ` [${button}]`).join('');
  const end = `${press}${edited ? ' (edited)' : ''}`;
  const room = Math.max(20, Math.min(columns, 120) - indent.length - channel.length - 3 - end.length);
  // The rule's name says little to who has just seen what happened.
  const words = cut(escapeTerminal(`${title.replace(/: [a-z-]+$/, '')} · ${text}`), room);
  return `${indent}${paint.dim(channel)} ${mark} ${words}${paint.dim(end)}`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function printStatus([region, status]: [string, number]): string {
  const colour = status === 200 ? paint.green : paint.red;
  return `${paint.dim(region)} ${colour(String(status))}`;
}

/** Lines that fit the terminal, and are no longer than a person likes to read, when `indented` by so many columns. */
function wrap(text: string, indented: number): readonly string[] {
  const width = Math.max(40, Math.min(columns, 100) - indented);
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The last line: whether everything held. */
export function printEnd(steps: readonly Step[], ok: boolean, sinceMs: number): string {
  const calls = steps.reduce((sum, step) => sum + step.calls, 0);
  const seconds = (sinceMs / 1000).toFixed(0);
  return ok
    ? `\n  ${paint.green('Everything held')}: ${steps.length} steps, ${calls} Google API calls, ${seconds} s.\n`
    : `\n  ${paint.red('It did not hold')}: see the step marked ✘.\n`;
}

/** How to play along while it stays up; after the story IAP is on and bound, before it nothing has happened. */
export function printInvitation(stage: Stage, steps: readonly Step[]): string {
  const { sandbox, frontDoor, estate, cookie, cliEnv, deployment } = stage;
  const [region] = estate.regions;
  const isTold = steps.length > 0;
  const report = steps.find((step) => step.report)?.report;
  const apis = ['run', 'pubsub', 'iap', 'cloudresourcemanager', 'serviceusage'];
  const says = (text: string) => paint.dim(`  # ${text}`);
  return [
    paint.bold('  Play along') + paint.dim(' (Ctrl-C ends everything)'),
    '',
    ...(deployment.slack ? [says('read Slack, and press its buttons'), `  ${deployment.slack.url}`, ''] : []),
    ...(report
      ? [says('read the report; the copy stays when this ends'), `  ${report.url}`, `  ${report.file}`, '']
      : []),
    says('be a user: ask the balancer, in a region of your choice'),
    `  curl -i -H 'Host: ${estate.host}' -H 'X-Sandbox-Region: ${region}' \\`,
    `    -b '${cookie}' \\`,
    `    ${frontDoor.url}/`,
    '',
    says('be the administrator: paste this into another shell, and its gcloud talks to this cloud'),
    says('(no login; your own gcloud settings stay untouched)'),
    '  unset HTTPS_PROXY https_proxy HTTP_PROXY http_proxy',
    `  export CLOUDSDK_CONFIG=$(mktemp -d) CLOUDSDK_CORE_PROJECT=${estate.projectId}`,
    '  printf admin > $CLOUDSDK_CONFIG/token',
    '  export CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=$CLOUDSDK_CONFIG/token CLOUDSDK_CORE_DISABLE_PROMPTS=1',
    '  export CLOUDSDK_CORE_CHECK_GCE_METADATA=0 CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=1',
    '  export CLOUDSDK_PROXY_TYPE=http CLOUDSDK_PROXY_ADDRESS=127.0.0.1',
    `  export CLOUDSDK_PROXY_PORT=${sandbox.port}`,
    '  o=CLOUDSDK_API_ENDPOINT_OVERRIDES_',
    ...apis.map((api) => `  export \${o}${api.toUpperCase()}=http://${api}.googleapis.com/`),
    `  export \${o}COMPUTE=http://compute.googleapis.com/compute/v1/`,
    '',
    ...(isTold
      ? [
          says('then take the grant away, ask as the user, wait five seconds, and ask again'),
          `  gcloud run services remove-iam-policy-binding ${estate.service} --region=${region} \\`,
          '    --role=roles/run.invoker \\',
          `    --member=${estate.iapAgent}`,
          '',
          says('or give a push an audience that IAP refuses, and answer the question on Slack'),
          '  gcloud pubsub subscriptions update orders \\',
          `    --push-endpoint=https://${estate.host}/orders \\`,
          `    --push-auth-service-account=orders-push@${estate.projectId}.iam.gserviceaccount.com \\`,
          '    --push-auth-token-audience=somebody-else',
        ]
      : [
          says('then switch IAP on, ask as the user, wait five seconds, and ask again'),
          `  gcloud compute backend-services update ${estate.backend} --global --iap=enabled`,
        ]),
    '',
    says("be Sallyport's user: paste this into a shell in this folder, and its commands work on this cloud"),
    ...Object.entries(cliEnv).map(([name, value]) => `  export ${name}=${value}`),
    `  npx sallyport scan --project ${estate.projectId}`,
    `  npx sallyport explain ${estate.service} --project ${estate.projectId}`,
    `  npx sallyport fix --project ${estate.projectId} --dry-run`,
    '  npx sallyport undo --list',
    '',
  ].join('\n');
}
