import { listExpectedGoogleRoles } from '../expected-google-roles.ts';
import { grantText, listExpectedGrants } from '../expected-grants.ts';
import { type PlannedResource, textAt } from '../read-plan.ts';
import type { PlanRule, PlanToCheck } from './plan-rule.ts';

/** Who may do what. */
export const grantRules: readonly PlanRule[] = [
  {
    id: 'roles',
    promise:
      'no predefined role but the few small ones, each where it belongs; no owner, editor, run.admin, securityAdmin',
    check: checkRoles,
  },
  {
    id: 'non-authoritative',
    promise: 'no *_iam_binding and no *_iam_policy',
    check: ({ resources }) =>
      resources
        .filter(({ type }) => /_iam_(binding|policy)$/.test(type))
        .map(({ address }) => `${address} is authoritative`),
  },
  {
    id: 'public',
    promise: 'allUsers only on slack-action, and only where it is switched on',
    check: checkPublic,
  },
  {
    id: 'act-as',
    promise: 'actAs on the account that tasks are sent as, and on accounts that a list names; nowhere else',
    check: checkActAs,
  },
  {
    id: 'conditions',
    promise: 'who may set policies is confined to one role by a condition',
    check: checkConditions,
  },
  {
    id: 'exact',
    promise: 'accounts, custom roles and their grants are those of permissions.json, no more and no fewer',
    check: checkExact,
  },
  {
    id: 'google-roles',
    promise: "who may call a function, and who holds which of Google's own roles, is a closed list as well",
    check: checkGoogleRoles,
  },
];

/** The few predefined roles, and the kinds of things they may be granted on. */
const allowedRoles: Readonly<Record<string, RegExp>> = {
  'roles/run.invoker': /^google_cloud_run_v2_service_iam_member$/,
  'roles/iap.httpsResourceAccessor': /^google_iap_web_(region_)?backend_service_iam_member$/,
  'roles/pubsub.publisher': /^google_pubsub_topic_iam_member$/,
  'roles/pubsub.subscriber': /^google_pubsub_subscription_iam_member$/,
  'roles/artifactregistry.writer': /^google_artifact_registry_repository_iam_member$/,
  'roles/storage.objectViewer': /^google_(storage_bucket|project)_iam_member$/,
  'roles/logging.logWriter': /^google_project_iam_member$/,
  'roles/eventarc.serviceAgent': /^google_project_iam_member$/,
  'roles/iam.serviceAccountOpenIdTokenCreator': /^google_service_account_iam_member$/,
};

function grantsOf({ resources }: PlanToCheck): readonly PlannedResource[] {
  return resources.filter(({ type }) => /_iam_(member|binding)$/.test(type));
}

function checkRoles(plan: PlanToCheck): readonly string[] {
  return grantsOf(plan).flatMap((grant) => {
    const role = textAt(grant, 'role');
    if (role === undefined) return [`${grant.address} grants a role that is not known before apply`];
    if (/^(projects|organizations)\/[^/]+\/roles\/sallyport\w+$/.test(role)) return [];
    if (!allowedRoles[role]?.test(grant.type)) return [`${grant.address} grants ${role}`];
    // The one role for a whole project that reads anything: by its condition it reads function sources alone.
    const isWide = role === 'roles/storage.objectViewer' && grant.type === 'google_project_iam_member';
    return isWide && !textAt(grant, 'condition.0.expression')?.includes('gcf-v2-sources-')
      ? [`${grant.address} grants ${role} on the whole project without a condition`]
      : [];
  });
}

function checkPublic(plan: PlanToCheck): readonly string[] {
  const open = plan.resources.filter((resource) =>
    /"(allUsers|allAuthenticatedUsers)"/.test(JSON.stringify(resource.values)),
  );
  const allowed = /module\.slack_action\[0\]\.google_cloud_run_v2_service_iam_member\.public\[0\]$/;
  const problems = open
    .filter(({ address }) => !(plan.planCase.slackAction && allowed.test(address)))
    .map(({ address }) => `${address} is open to everyone`);
  const isMissing = plan.planCase.slackAction && open.length === 0;
  return isMissing ? [...problems, 'slack-action is switched on and Slack cannot reach it'] : problems;
}

function checkActAs(plan: PlanToCheck): readonly string[] {
  const { planCase, resources } = plan;
  const named = [...planCase.pushAccounts, ...planCase.runtimeAccounts];
  const powerful = new Set(
    resources
      .filter(
        ({ type, values }) =>
          /_iam_custom_role$/.test(type) && JSON.stringify(values).includes('"iam.serviceAccounts.'),
      )
      .map((role) => textAt(role, 'role_id')),
  );
  return grantsOf(plan).flatMap((grant) => {
    const role = textAt(grant, 'role') ?? '';
    const isActAs =
      powerful.has(role.split('/').at(-1)) || /serviceAccount(User|TokenCreator|Admin|KeyAdmin)/.test(role);
    if (!isActAs) return [];
    const account = textAt(grant, 'service_account_id')?.split('/').at(-1) ?? '';
    const isOurs = grant.type === 'google_service_account_iam_member' && /^sallyport-tasks@/.test(account);
    const isNamed = grant.type === 'google_service_account_iam_member' && named.includes(account);
    return isOurs || isNamed
      ? []
      : [`${grant.address} lets ${textAt(grant, 'member')} act as ${account || 'accounts'}`];
  });
}

function checkConditions(plan: PlanToCheck): readonly string[] {
  const setters = new Set(
    plan.resources
      .filter(
        ({ type, values }) =>
          /_iam_custom_role$/.test(type) && /\.setIamPolicy"/.test(JSON.stringify(values['permissions'])),
      )
      .map((role) => textAt(role, 'role_id')),
  );
  return grantsOf(plan).flatMap((grant) => {
    if (!setters.has(textAt(grant, 'role')?.split('/').at(-1))) return [];
    const expression = textAt(grant, 'condition.0.expression') ?? '';
    const isConfined =
      /^api\.getAttribute\('iam\.googleapis\.com\/modifiedGrantsByRole', \[\]\)\.hasOnly\(\['roles\/(run\.invoker(', 'roles\/run\.servicesInvoker)?|iap\.httpsResourceAccessor)'\]\)$/.test(
        expression,
      );
    return isConfined
      ? []
      : [`${grant.address} may set policies ${expression === '' ? 'without a condition' : `if ${expression}`}`];
  });
}

function checkExact(plan: PlanToCheck): readonly string[] {
  const { planCase, resources, list } = plan;
  const expected = new Set(listExpectedGrants(list, planCase));
  const planned = new Set(
    grantsOf(plan)
      .filter((grant) => textAt(grant, 'role')?.includes('/roles/sallyport'))
      .map((grant) => describeGrant(grant)),
  );
  const roles = resources.filter(({ type }) => /_iam_custom_role$/.test(type));
  const wrongRoles = roles.flatMap((role) => {
    const id = textAt(role, 'role_id');
    const listed = Object.values(list.roles).find((one) => one.id === id);
    const held = JSON.stringify(role.values['permissions']);
    return listed && held === JSON.stringify(Object.keys(listed.permissions).sort())
      ? []
      : [`${role.address} is not the role that permissions.json lists`];
  });
  return [
    ...wrongRoles,
    ...[...planned].filter((one) => !expected.has(one)).map((one) => `granted and not listed: ${one}`),
    ...[...expected].filter((one) => !planned.has(one)).map((one) => `listed and not granted: ${one}`),
  ];
}

/** The example's own grants, outside the module, are for check-plan. */
function checkGoogleRoles(plan: PlanToCheck): readonly string[] {
  const { planCase } = plan;
  const isOurs = ({ address }: PlannedResource) => planCase.folder === '.' || address.startsWith('module.sallyport.');
  const expected = listExpectedGoogleRoles(planCase);
  const planned = grantsOf(plan)
    .filter((grant) => isOurs(grant) && textAt(grant, 'role')?.startsWith('roles/'))
    .map((grant) => describeGrant(grant));
  return [
    ...planned.filter((one) => !expected.includes(one)).map((one) => `granted and not foreseen: ${one}`),
    ...expected.filter((one) => !planned.includes(one)).map((one) => `foreseen and not granted: ${one}`),
  ];
}

function describeGrant(grant: PlannedResource): string {
  return grantText({
    type: grant.type,
    target: targetOf(grant),
    role: textAt(grant, 'role') ?? '',
    member: textAt(grant, 'member') ?? 'unknown',
    condition: textAt(grant, 'condition.0.expression'),
  });
}

function targetOf(grant: PlannedResource): string {
  const keys = [
    'service_account_id',
    'secret_id',
    'bucket',
    'topic',
    'subscription',
    'folder',
    'org_id',
    'name',
    'project',
  ];
  return keys.map((key) => textAt(grant, key)).find((value) => value !== undefined) ?? 'unknown';
}
