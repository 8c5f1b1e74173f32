import { type PlannedResource, textAt } from '../read-plan.ts';
import type { PlanRule, PlanToCheck } from './plan-rule.ts';

/** What only an apply would show: Google refuses what comes too early, and names that are too long. */
export const readinessRules: readonly PlanRule[] = [
  {
    id: 'apis',
    promise: 'every API is on that Terraform or a function calls, before anything of it is made',
    check: checkApis,
  },
  {
    id: 'order',
    promise: 'accounts, agents and functions have their grants before something needs them',
    check: checkOrder,
  },
  {
    id: 'names',
    promise: "no name is longer than Google takes, a function's with its project's number included",
    check: checkNames,
  },
];

/** Begin of a resource's type -> the API that it is made through. */
const apis: Readonly<Record<string, string>> = {
  google_artifact_registry_: 'artifactregistry',
  google_cloud_run_: 'run',
  google_cloud_scheduler_: 'cloudscheduler',
  google_cloud_tasks_: 'cloudtasks',
  google_cloudfunctions2_: 'cloudfunctions',
  google_compute_: 'compute',
  google_eventarc_: 'eventarc',
  google_firebaserules_: 'firebaserules',
  google_firestore_: 'firestore',
  google_folder_iam_: 'cloudresourcemanager',
  google_iap_: 'iap',
  google_logging_: 'logging',
  google_monitoring_: 'monitoring',
  google_org_policy_: 'orgpolicy',
  google_organization_iam_custom_role: 'iam',
  google_organization_iam_member: 'cloudresourcemanager',
  google_project_iam_custom_role: 'iam',
  google_project_iam_member: 'cloudresourcemanager',
  google_project_service_identity: 'serviceusage',
  google_pubsub_: 'pubsub',
  google_secret_manager_: 'secretmanager',
  google_service_account: 'iam',
  google_storage_: 'storage',
  google_workflows_: 'workflows',
};

function checkApis({ resources, called }: PlanToCheck): readonly string[] {
  const services = resources.filter(({ type }) => type === 'google_project_service');
  const on = new Set(services.map((one) => textAt(one, 'service')));
  // Functions are built by Cloud Build; what they call is known from their code.
  const needed = new Map([...called, 'cloudbuild'].map((api) => [api, 'a function or its build']));
  const unlisted: string[] = [];
  for (const { type, address } of resources) {
    if (type === 'google_project_service') continue;
    const api = Object.entries(apis).find(([begin]) => type.startsWith(begin))?.[1];
    if (api === undefined) unlisted.push(`which API makes ${type} is not written down`);
    else needed.set(api, address);
  }
  return [
    ...new Set(unlisted),
    ...[...needed]
      .filter(([api]) => !on.has(`${api}.googleapis.com`))
      .map(([api, by]) => `${api}.googleapis.com is not on, and ${by} needs it`),
  ];
}

/** Resource -> what has to be there first. Addresses without indexes, with or without the module that Sallyport is in. */
const firsts: readonly (readonly [RegExp, RegExp, string])[] = [
  [/google_(?!project_service\.)/, /google_project_service\.api$/, 'its API is on'],
  [
    /google_cloudfunctions2_function\./,
    /google_secret_manager_secret_iam_member\.reader$/,
    'its account may read the secrets that it mounts',
  ],
  [
    /google_cloudfunctions2_function\./,
    /google_artifact_registry_repository_iam_member\.builder$/,
    'the builder may write images',
  ],
  [/google_eventarc_trigger\./, /google_project_iam_member\.eventarc_agent$/, "Eventarc's agent has its role"],
  [/google_eventarc_trigger\./, /google_project_iam_member\.own$/, 'its account may receive events'],
  [
    /google_(pubsub_subscription\.(events|orders)|eventarc_trigger\.\w+)$/,
    /\.push_tokens$/,
    "Pub/Sub's agent may make tokens",
  ],
  [/\.(push_tokens|eventarc_agent)$/, /google_project_service_identity\.(agent|pubsub)$/, 'the agent exists'],
];

function checkOrder({ graph }: PlanToCheck): readonly string[] {
  const resources = [...graph].filter(([address]) => !/(^|\.)data\./.test(address));
  return firsts.flatMap(([what, first, why]) =>
    resources
      .filter(([address]) => what.test(address) && !first.test(address))
      .filter(([, before]) => ![...before].some((one) => first.test(one)))
      .map(([address]) => `${address} may be made before ${why}`),
  );
}

/** Type -> its name's field, and what Google takes there. */
const forms: Readonly<Record<string, readonly [string, RegExp]>> = {
  google_service_account: ['account_id', /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/],
  google_project_iam_custom_role: ['role_id', /^[a-zA-Z0-9_.]{3,64}$/],
  google_organization_iam_custom_role: ['role_id', /^[a-zA-Z0-9_.]{3,64}$/],
  google_eventarc_trigger: ['name', /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/],
  google_storage_bucket: ['name', /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/],
  google_workflows_workflow: ['name', /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/],
  google_firestore_database: ['name', /^[a-z][a-z0-9-]{2,61}[a-z0-9]$/],
};

function checkNames({ resources }: PlanToCheck): readonly string[] {
  return resources.flatMap((one) => {
    const [field, form] = forms[one.type] ?? [];
    const name = field === undefined ? undefined : textAt(one, field);
    const isWrong = form !== undefined && (name === undefined || !form.test(name));
    return [...(isWrong ? [`${one.address} cannot be called ${name}`] : []), ...checkHost(one)];
  });
}

/** A function's name and its project's number are one part of a host name: 63 characters. A number may have 13 digits. */
function checkHost(one: PlannedResource): readonly string[] {
  if (one.type !== 'google_cloudfunctions2_function') return [];
  const name = textAt(one, 'name') ?? '';
  return /^[a-z][a-z0-9-]*[a-z0-9]$/.test(name) && name.length <= 49
    ? []
    : [`${one.address}: ${name} makes no URL that is known beforehand`];
}
