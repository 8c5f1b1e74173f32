import pc from 'picocolors';
import type { Step } from './play-story.ts';
import type { Stage } from './stage.ts';

/** The first lines: what stands here, before anything happens. */
export function printOpening({ estate }: Stage): string {
  const { projectId, service, regions, host } = estate;
  return [
    '',
    pc.bold(`  Sallyport in a local Google Cloud`),
    `  project ${projectId}: service ${service} in ${regions.join(' and ')}, shut to all but the load balancer;`,
    `  one HTTPS balancer for ${host}; Sallyport's two functions run beside it, as real processes.`,
    '',
    pc.dim('     time   calls  what happens'),
    '',
  ].join('\n');
}

/** One line a step, and what users get in each region below it. */
export function printStep(step: Step, sinceMs: number): string {
  const mark = step.ok ? pc.green('✔') : pc.red('✘');
  const time = `${(sinceMs / 1000).toFixed(1)} s`.padStart(9);
  const calls = step.calls === 0 ? '     –' : String(step.calls).padStart(6);
  const grants = step.writes === 0 ? '' : pc.dim(` (${step.writes} ${step.writes === 1 ? 'grant' : 'grants'} written)`);
  const noGrants = step.name === 'new-revision' && step.ok ? pc.dim(' (0 writes)') : '';
  const lines = [`${time}  ${calls}  ${mark} ${step.title}${grants}${noGrants}`];
  if (step.regions) lines.push(`${' '.repeat(21)}${Object.entries(step.regions).map(printStatus).join('   ')}`);
  if (step.note) lines.push(pc.dim(`${' '.repeat(21)}${step.note}`));
  return lines.join('\n');
}

function printStatus([region, status]: [string, number]): string {
  const colour = status === 200 ? pc.green : pc.red;
  return `${pc.dim(region)} ${colour(String(status))}`;
}

/** The last line: whether everything held. */
export function printEnd(steps: readonly Step[], ok: boolean, sinceMs: number): string {
  const calls = steps.reduce((sum, step) => sum + step.calls, 0);
  const seconds = (sinceMs / 1000).toFixed(0);
  return ok
    ? `\n  ${pc.green('Everything held')}: ${steps.length} steps, ${calls} Google API calls, ${seconds} s.\n`
    : `\n  ${pc.red('It did not hold')}: see the step marked ✘.\n`;
}

/** How to play along while it stays up. */
export function printInvitation({ sandbox, frontDoor, estate, cookie }: Stage): string {
  const [region] = estate.regions;
  const apis = [
    'RUN:run',
    'PUBSUB:pubsub',
    'IAP:iap',
    'CLOUDRESOURCEMANAGER:cloudresourcemanager',
    'SERVICEUSAGE:serviceusage',
  ];
  return [
    pc.bold('  Play along') + pc.dim(' (Ctrl-C ends everything)'),
    '',
    pc.dim('  # be a user: ask the balancer, in a region of your choice'),
    `  curl -i -H 'Host: ${estate.host}' -H 'Cookie: ${cookie}' -H 'X-Sandbox-Region: ${region}' ${frontDoor.url}/`,
    '',
    pc.dim(
      '  # be the administrator: paste this, and gcloud talks to this cloud (no login, your own settings stay untouched)',
    ),
    `  export CLOUDSDK_CONFIG=$(mktemp -d) CLOUDSDK_CORE_PROJECT=${estate.projectId} CLOUDSDK_CORE_DISABLE_PROMPTS=1`,
    `  printf admin > $CLOUDSDK_CONFIG/token; export CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=$CLOUDSDK_CONFIG/token`,
    '  export CLOUDSDK_CORE_CHECK_GCE_METADATA=0 CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=1',
    `  export CLOUDSDK_PROXY_TYPE=http CLOUDSDK_PROXY_ADDRESS=127.0.0.1 CLOUDSDK_PROXY_PORT=${sandbox.port}`,
    `  for a in ${apis.join(' ')}; do export CLOUDSDK_API_ENDPOINT_OVERRIDES_\${a%%:*}=http://\${a##*:}.googleapis.com/; done`,
    '  export CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE=http://compute.googleapis.com/compute/v1/',
    '',
    pc.dim('  # then take the grant away, ask as the user, wait three seconds, and ask again'),
    `  gcloud run services remove-iam-policy-binding ${estate.service} --region=${region} --role=roles/run.invoker --member=${estate.iapAgent}`,
    '',
  ].join('\n');
}
