import { projectId } from '../plan-cases.ts';
import { blocksAt, type PlannedResource, textAt } from '../read-plan.ts';
import type { PlanRule, PlanToCheck } from './plan-rule.ts';

/** What runs, what is kept, and who is told. */
export const keepingRules: readonly PlanRule[] = [
  {
    id: 'functions',
    promise:
      'each function is nodejs24, has what it cannot start without, has an account of its own and is closed to the internet, slack-action apart',
    check: checkFunctions,
  },
  {
    id: 'keeping',
    promise:
      'ledger and reports outlive mistakes: recovery, protection, retention; no token in the state; clients denied',
    check: checkKeeping,
  },
  {
    id: 'alerts',
    promise:
      'alerts for dead letters, failing and missing sweeps, contested repairs, foreign use of our identity, all on, to everybody who is named; a dashboard',
    check: checkAlerts,
  },
  {
    id: 'public-policy',
    promise:
      'where public invokers are forbidden, both invoker roles and both public members are, and Sallyport alone is let off',
    check: checkPublicPolicy,
  },
];

function checkFunctions({ resources, planCase, required }: PlanToCheck): readonly string[] {
  const functions = resources.filter(({ type }) => type === 'google_cloudfunctions2_function');
  const accounts = functions.map((one) => textAt(one, 'service_config.0.service_account_email'));
  const wanted =
    4 + planCase.capabilities.filter((one) => one !== 'grant-invoker').length + (planCase.slackAction ? 1 : 0);
  return [
    ...(functions.length === wanted ? [] : [`${functions.length} functions instead of ${wanted}`]),
    ...functions.flatMap((one, position) => {
      const account = accounts[position] ?? '';
      const ingress = textAt(one, 'service_config.0.ingress_settings');
      const entry = textAt(one, 'build_config.0.entry_point') ?? '';
      const isSlack = entry === 'slack-action';
      const lacks = (required.get(entry) ?? ['any']).filter((name) => !isSet(one, name));
      return [
        ...lacks.map((name) => `${one.address} lacks ${name}`),
        ...(textAt(one, 'build_config.0.runtime') === 'nodejs24' ? [] : [`${one.address} is not nodejs24`]),
        ...(/^sallyport-/.test(account) ? [] : [`${one.address} has no account of its own`]),
        ...(accounts.indexOf(account) === position ? [] : [`${one.address} shares ${account} with another function`]),
        ...(isSlack || ingress === 'ALLOW_INTERNAL_ONLY' ? [] : [`${one.address} has ingress ${ingress}`]),
      ];
    }),
  ];
}

function isSet(one: PlannedResource, name: string): boolean {
  const isPlain = textAt(one, `service_config.0.environment_variables.${name}`) !== undefined;
  return isPlain || new RegExp(`"key":"${name}"`).test(JSON.stringify(one.values));
}

function checkKeeping({ resources }: PlanToCheck): readonly string[] {
  const one = (type: string, name: RegExp) =>
    resources.find((resource) => resource.type === type && name.test(resource.address));
  const database = one('google_firestore_database', /ledger/);
  const bucket = one('google_storage_bucket', /reports/);
  const release = one('google_firebaserules_release', /closed/);
  const rules = one('google_firebaserules_ruleset', /closed/);
  const secrets = resources.filter(({ type }) => type === 'google_secret_manager_secret_version');
  const checks: readonly (readonly [boolean, string])[] = [
    [
      database !== undefined &&
        textAt(database, 'point_in_time_recovery_enablement') === 'POINT_IN_TIME_RECOVERY_ENABLED',
      'the ledger has no point-in-time recovery',
    ],
    [
      database !== undefined && textAt(database, 'delete_protection_state') === 'DELETE_PROTECTION_ENABLED',
      'the ledger can be deleted',
    ],
    [
      resources.some(
        (resource) =>
          resource.type === 'google_firestore_backup_schedule' &&
          Number.parseInt(textAt(resource, 'retention') ?? '0', 10) >= 14 * 7 * 86_400,
      ),
      'the ledger has no backups of 14 weeks',
    ],
    [resources.some(({ type }) => type === 'google_firestore_index'), 'the ledger has no indexes'],
    [
      resources.some(
        (resource) => resource.type === 'google_firestore_field' && blocksAt(resource, 'ttl_config').length > 0,
      ),
      'the ledger forgets nothing: no time to live',
    ],
    [
      release !== undefined &&
        rules !== undefined &&
        /allow read, write: if false;/.test(textAt(rules, 'source.0.files.0.content') ?? ''),
      'clients of the ledger are not denied',
    ],
    [
      bucket !== undefined &&
        JSON.stringify(bucket.values['retention_policy'])?.includes(`"retention_period":"${400 * 86_400}"`),
      'reports can be replaced within 400 days',
    ],
    [bucket?.values['uniform_bucket_level_access'] === true, 'single reports could be shown to others'],
    [bucket !== undefined && textAt(bucket, 'public_access_prevention') === 'enforced', 'reports could be made public'],
    [bucket?.values['force_destroy'] === false, 'reports go with terraform destroy'],
    [
      secrets.every(({ address }) => /google_secret_manager_secret_version\.settings$/.test(address)),
      'a secret is written to the Terraform state',
    ],
  ];
  return checks.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

function checkAlerts({ resources, planCase }: PlanToCheck): readonly string[] {
  const policies = resources.filter(({ type }) => type === 'google_monitoring_alert_policy');
  const text = JSON.stringify(policies.map(({ values }) => values['conditions'])).replaceAll('\\"', '"');
  const wanted: Readonly<Record<string, string>> = {
    'dead letters': 'subscription/num_undelivered_messages',
    'a failing sweep': 'metric.labels.status = "FAILED"',
    'a missing sweep': 'metric.labels.status = "SUCCEEDED"',
    'contested repairs': 'jsonPayload.rule = "contested"',
    'foreign use of our identity': 'jsonPayload.code = "foreign-own-write"',
  };
  const missing = Object.entries(wanted).filter(([, part]) => !text.includes(part));
  const isSilent = ({ values }: PlannedResource) =>
    values['enabled'] === false || (named && isEmpty(values['notification_channels']));
  const named = planCase.variables['alert_email'] !== undefined;
  const hasDashboard = resources.some(({ type }) => type === 'google_monitoring_dashboard');
  return [
    ...missing.map(([what]) => `no alert for ${what}`),
    ...policies.filter(isSilent).map(({ address }) => `${address} tells nobody`),
    ...(hasDashboard ? [] : ['no dashboard']),
  ];
}

/** A list whose entries are known at apply is a list of nulls, and no empty one. */
function isEmpty(value: unknown): boolean {
  return !Array.isArray(value) || value.length === 0;
}

function checkPublicPolicy({ resources, planCase }: PlanToCheck): readonly string[] {
  const constraint = resources.find(({ type }) => type === 'google_org_policy_custom_constraint');
  const policies = resources.filter(({ type }) => type === 'google_org_policy_policy');
  if (planCase.variables['forbid_public_invokers'] === undefined)
    return policies.map(({ address }) => `${address}, and nobody asked for it`);
  const condition = constraint ? (textAt(constraint, 'condition') ?? '') : '';
  const parts = ["'roles/run.invoker'", "'roles/run.servicesInvoker'", "['iam.googleapis.com/PublicPrincipals']"];
  const lacks = parts.filter((part) => !condition.includes(part));
  const wrong = policies.filter((policy) => {
    const isLetOff = textAt(policy, 'parent') === `projects/${projectId}`;
    return textAt(policy, 'spec.0.rules.0.enforce') !== (isLetOff ? 'FALSE' : 'TRUE');
  });
  return [
    ...lacks.map((part) => `the constraint says nothing of ${part}`),
    ...(constraint && textAt(constraint, 'action_type') === 'DENY' ? [] : ['the constraint denies nothing']),
    ...wrong.map(({ address }) => `${address} is not enforced as it should be`),
    ...(policies.length === (planCase.slackAction ? 2 : 1) ? [] : [`${policies.length} policies`]),
  ];
}
