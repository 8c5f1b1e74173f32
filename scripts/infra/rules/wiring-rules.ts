import { projectId, projectNumber } from '../plan-cases.ts';
import { blocksAt, type PlannedResource, textAt } from '../read-plan.ts';
import type { PlanRule, PlanToCheck } from './plan-rule.ts';

/** Who is told of whom: environments of functions and workflows, what jobs and triggers start. */
export const wiringRules: readonly PlanRule[] = [
  {
    id: 'environment',
    promise:
      'each function is told its queue, its callers, its dead letters and its one capability, and reads the settings that are mounted',
    check: checkEnvironment,
  },
  {
    id: 'workflows',
    promise: 'each workflow is given exactly the URLs that it reads; each job starts the workflow of its name',
    check: checkWorkflows,
  },
];

const place = `projects/${projectId}/locations/europe-west1`;

export function urlOf(name: string): string {
  return `https://sallyport-${name}-${projectNumber}.europe-west1.run.app`;
}

function checkEnvironment(plan: PlanToCheck): readonly string[] {
  const { resources } = plan;
  const queue = resources.find(({ type }) => type === 'google_cloud_tasks_queue');
  const attempts = JSON.stringify(queue?.values['retry_config']).match(/"max_attempts":(\d+)/)?.[1];
  return resources
    .filter(({ type }) => type === 'google_cloudfunctions2_function')
    .flatMap((one) => {
      const name = textAt(one, 'name')?.replace(/^sallyport-/, '') ?? '';
      const found = readEnvironment(one);
      const wanted = new Map(Object.entries(expectEnvironment(name, attempts, plan)));
      return [
        ...[...wanted]
          .filter(([key, value]) => found.get(key) !== value)
          .map(([key, value]) => `${one.address} has ${key} = ${found.get(key) ?? 'nothing'}, not ${value}`),
        ...[...found.keys()]
          .filter((key) => !wanted.has(key))
          .map((key) => `${one.address} is told ${key} and nobody reads it`),
        ...checkMount(one),
      ];
    });
}

function readEnvironment(one: PlannedResource): ReadonlyMap<string, unknown> {
  const [config] = blocksAt(one, 'service_config');
  const environment =
    typeof config === 'object' && config !== null && 'environment_variables' in config
      ? config.environment_variables
      : {};
  return new Map(Object.entries(environment ?? {}));
}

function expectEnvironment(
  name: string,
  attempts: string | undefined,
  { planCase }: PlanToCheck,
): Readonly<Record<string, unknown>> {
  const extra = planCase.capabilities.filter((one) => one !== 'grant-invoker');
  const common = { GOOGLE_CLOUD_PROJECT: projectId, SALLYPORT_SETTINGS: '/etc/sallyport/sallyport.yaml' };
  const ledger = { SALLYPORT_LEDGER: 'firestore:sallyport' };
  const queue = {
    SALLYPORT_QUEUE: `${place}/queues/sallyport`,
    SALLYPORT_RECONCILE_URL: urlOf(extra.includes(name) ? name : 'reconcile'),
    SALLYPORT_TASKS_SERVICE_ACCOUNT: email('tasks'),
  };
  const letters = { SALLYPORT_DEAD_LETTER_TOPIC: `projects/${projectId}/topics/sallyport-dead-letters` };
  const worker = {
    ...common,
    ...ledger,
    ...queue,
    ...letters,
    SALLYPORT_MAX_ATTEMPTS: attempts,
    SALLYPORT_APPROVAL_WORKFLOW: `${place}/workflows/sallyport-approval`,
  };
  switch (name) {
    case 'audit-event': {
      // Each of these writes policies, and each write has to be in the ledger.
      const principals = ['reconcile', ...[...extra].sort()].map(accountOf);
      return { ...common, ...queue, ...letters, SALLYPORT_PRINCIPAL: principals.join(',') };
    }
    case 'slack-action':
      return { ...common, ...queue };
    case 'sweep':
      return { ...common, ...ledger };
    case 'report':
      return { ...common, ...ledger, SALLYPORT_REPORT_BUCKET: `${projectId}-sallyport-reports` };
    case 'reconcile':
      return {
        ...worker,
        SALLYPORT_CAPABILITIES: planCase.capabilities.includes('grant-invoker') ? 'grant-invoker' : '',
        SALLYPORT_CAPABILITY_URLS: JSON.stringify(
          Object.fromEntries([...extra].sort().map((one) => [one, urlOf(one)])),
        ),
      };
    default:
      return { ...worker, SALLYPORT_CAPABILITIES: name };
  }
}

/** An account's name ends at 30 characters: one is shorter than its capability. */
function accountOf(name: string): string {
  return email(name === 'create-service-identity' ? 'create-identity' : name);
}

function email(name: string): string {
  return `sallyport-${name}@${projectId}.iam.gserviceaccount.com`;
}

function checkMount(one: PlannedResource): readonly string[] {
  const at = (path: string) => textAt(one, `service_config.0.secret_volumes.0.${path}`);
  const isMounted =
    at('secret') === 'sallyport-settings' &&
    `${at('mount_path')}/${at('versions.0.path')}` === '/etc/sallyport/sallyport.yaml';
  const builder = textAt(one, 'build_config.0.service_account');
  return [
    ...(isMounted ? [] : [`${one.address} has no settings where it looks for them`]),
    ...(builder === `projects/${projectId}/serviceAccounts/${email('build')}`
      ? []
      : [`${one.address} is built as ${builder ?? 'the Compute default account'}`]),
  ];
}

function checkWorkflows({ resources }: PlanToCheck): readonly string[] {
  const workflows = resources.filter(({ type }) => type === 'google_workflows_workflow');
  const jobs = resources.filter(({ type }) => type === 'google_cloud_scheduler_job');
  return [
    ...workflows.flatMap((one) => {
      const reads = [...(textAt(one, 'source_contents') ?? '').matchAll(/sys\.get_env\("(\w+)"\)/g)].map(
        ([, name = '']) => name,
      );
      const wanted = Object.fromEntries(
        [...new Set(reads)].sort().map((name) => [name, urlOf(name.replace(/_URL$/, '').toLowerCase())]),
      );
      const given = JSON.stringify(one.values['user_env_vars']);
      return given === JSON.stringify(wanted)
        ? []
        : [`${one.address} is given ${given} and reads ${JSON.stringify(wanted)}`];
    }),
    ...jobs.flatMap((job) => {
      const wanted = `https://workflowexecutions.googleapis.com/v1/${place}/workflows/${textAt(job, 'name')}/executions`;
      const uri = textAt(job, 'http_target.0.uri');
      const isThere = workflows.some((one) => textAt(one, 'name') === textAt(job, 'name'));
      return [
        ...(uri === wanted && isThere ? [] : [`${job.address} starts ${uri}`]),
        ...(job.values['paused'] === true ? [`${job.address} is paused`] : []),
      ];
    }),
    ...(workflows.length === 3 ? [] : [`${workflows.length} workflows instead of 3`]),
  ];
}
