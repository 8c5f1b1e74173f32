import type { SallyportAccounts } from '../estates/sallyport-accounts.ts';

/** Functions by the name that their trigger, route or capability gives them. */
export type FunctionName = 'audit-event' | 'reconcile' | 'sweep' | 'report' | 'slack-action' | CapabilityFunction;

/** One more `reconcile` that may do one thing only, as an account of its own. */
export type CapabilityFunction = `reconcile-${string}`;

/** How one function is started. */
export interface PlannedFunction {
  readonly name: FunctionName;
  /** The entry point that it serves. */
  readonly target: string;
  readonly signature: 'cloudevent' | 'http';
  /** E-mail of the account that it runs as. */
  readonly account: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface PlanInput {
  readonly accounts: SallyportAccounts;
  readonly capabilities: readonly string[];
  /** `all`: also what runs on a schedule, Slack, and an account for each capability. */
  readonly parts: 'events' | 'all';
  /** Environment that all have. */
  readonly common: Readonly<Record<string, string>>;
  readonly urlOf: (name: FunctionName) => string;
  readonly queue: string;
  readonly maxAttempts: number;
  readonly workflow: string;
  readonly bucket: string;
  /** SLACK_BOT_TOKEN and SLACK_API_URL; the signing secret is for slack-action alone. */
  readonly slack: Readonly<Record<string, string>>;
  readonly slackSigningSecret: string;
}

/** Capabilities that have a function and an account of their own. */
export function listOwnFunctions(parts: PlanInput['parts'], capabilities: readonly string[]): readonly string[] {
  return parts === 'all' ? capabilities.filter((capability) => capability !== 'grant-invoker') : [];
}

/** Every function of a deployment with its account and environment, as `infra/main.tf` gives them. */
export function planFunctions(input: PlanInput): readonly PlannedFunction[] {
  const { accounts, capabilities, parts, common, urlOf, queue, slack } = input;
  const own = listOwnFunctions(parts, capabilities);
  const queueEnv = {
    ...common,
    SALLYPORT_QUEUE: queue,
    SALLYPORT_RECONCILE_URL: urlOf('reconcile'),
    SALLYPORT_TASKS_SERVICE_ACCOUNT: accounts.invokerAccount,
  };
  const reconcileEnv = {
    ...queueEnv,
    ...slack,
    SALLYPORT_MAX_ATTEMPTS: String(input.maxAttempts),
    ...(parts === 'all' ? { SALLYPORT_APPROVAL_WORKFLOW: input.workflow } : {}),
  };
  const urls = Object.fromEntries(own.map((capability) => [capability, urlOf(`reconcile-${capability}`)]));
  const events: PlannedFunction[] = [
    {
      name: 'reconcile',
      target: 'reconcile',
      signature: 'http',
      account: accounts.reconcileAccount,
      env: {
        ...reconcileEnv,
        ...(parts === 'all'
          ? { SALLYPORT_CAPABILITIES: 'grant-invoker', SALLYPORT_CAPABILITY_URLS: JSON.stringify(urls) }
          : {}),
      },
    },
    {
      name: 'audit-event',
      target: 'audit-event',
      signature: 'cloudevent',
      account: accounts.eventsAccount,
      env: queueEnv,
    },
  ];
  if (parts === 'events') return events;
  const accountOf = (name: string) => accounts.accounts[name] ?? '';
  return [
    ...events,
    ...own.map(
      (capability): PlannedFunction => ({
        name: `reconcile-${capability}`,
        target: 'reconcile',
        signature: 'http',
        account: accounts.capabilityAccounts[capability] ?? '',
        env: {
          ...reconcileEnv,
          SALLYPORT_RECONCILE_URL: urlOf(`reconcile-${capability}`),
          SALLYPORT_CAPABILITIES: capability,
        },
      }),
    ),
    {
      name: 'sweep',
      target: 'sweep',
      signature: 'http',
      account: accountOf('sallyport-sweep'),
      env: { ...common, ...slack },
    },
    {
      name: 'report',
      target: 'report',
      signature: 'http',
      account: accountOf('sallyport-report'),
      env: { ...common, ...slack, SALLYPORT_REPORT_BUCKET: input.bucket },
    },
    {
      name: 'slack-action',
      target: 'slack-action',
      signature: 'http',
      account: accountOf('sallyport-slack-action'),
      env: { ...queueEnv, SLACK_SIGNING_SECRET: input.slackSigningSecret },
    },
  ];
}
