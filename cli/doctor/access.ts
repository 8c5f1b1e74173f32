import permissions from '../../infra/permissions.json' with { type: 'json' };
import { ask } from './ask.ts';
import { type Check, type DoctorContext, ok, problem, unknown } from './check.ts';
import { hasTriggers } from './events.ts';

interface Role {
  readonly id: string;
  readonly on: string;
  readonly option?: string;
}

interface Account {
  readonly holds: readonly string[];
  readonly capability?: string;
  readonly option?: string;
}

const roles: Readonly<Record<string, Role>> = permissions.roles;
const accounts: Readonly<Record<string, Account>> = permissions.accounts;

/** Google's APIs that Sallyport calls or runs on. */
const apis = [
  'run',
  'compute',
  'iap',
  'cloudtasks',
  'pubsub',
  'workflows',
  'workflowexecutions',
  'cloudscheduler',
  'eventarc',
  'firestore',
  'cloudresourcemanager',
  'secretmanager',
] as const;

/** What is switched on, and who may do what. */
export const accessChecks: readonly Check[] = [
  {
    id: 'apis',
    async examine({ clients, ownProject }) {
      const { services } = await clients.serviceUsage();
      const parent = `projects/${ownProject}`;
      const names = apis.map((api) => `${parent}/services/${api}.googleapis.com`);
      const { data } = await ask(() => services.batchGet({ parent, names }));
      const on = (data.services ?? []).filter(({ state }) => state === 'ENABLED').map(({ config }) => config?.name);
      const off = apis.map((api) => `${api}.googleapis.com`).filter((name) => !on.includes(name));
      if (off.length === 0) return ok(`${apis.length} APIs are enabled in ${ownProject}`);
      return problem(
        `off in ${ownProject}: ${off.join(', ')}`,
        `gcloud services enable ${off.join(' ')} --project=${ownProject}`,
      );
    },
  },
  {
    id: 'your permissions',
    async examine({ clients, project }) {
      const wanted = Object.keys(permissions.roles.readEstate.permissions);
      const { projects } = await clients.resourceManager();
      const { data } = await ask(() =>
        projects.testIamPermissions({ resource: project, requestBody: { permissions: wanted } }),
      );
      const missing = wanted.filter((one) => !data.permissions?.includes(one));
      if (missing.length === 0) return ok(`you may read all that scan and fix read in ${project}`);
      return problem(
        `you lack ${missing.join(', ')} on ${project}`,
        `gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=roles/viewer (and roles/iap.admin for IAP's policies)`,
      );
    },
  },
  {
    id: 'accounts',
    examine: examineAccounts,
  },
];

async function examineAccounts(context: DoctorContext) {
  const { project, ownProject } = context;
  const [own, watched] = await Promise.all([readBindings(ownProject, context), readBindings(project, context)]);
  const withTriggers = await hasTriggers(context);
  const { capabilities } = await context.settings();
  const isOn = (capability: string) => capabilities.some((one) => one === capability);
  const wanted = Object.entries(accounts)
    .filter(([, { capability, option }]) => option === undefined && (capability === undefined || isOn(capability)))
    .flatMap(([name, { holds }]) => holds.flatMap((held) => toGrant(name, roles[held], withTriggers)));
  const missing = wanted.filter(({ account, role }) => {
    const member = `serviceAccount:${account}@${ownProject}.iam.gserviceaccount.com`;
    const bindings = role.on === 'project' ? own : watched;
    return !bindings.some(
      ({ role: name, members }) => name?.endsWith(`/roles/${role.id}`) && members?.includes(member),
    );
  });
  if (missing.length === 0) return ok(`Sallyport's accounts hold their ${wanted.length} roles on the projects`);
  const isElsewhere = missing.every(({ role }) => role.on === 'scope') && !wanted.some(isHeldOnProject(missing));
  const names = missing.map(({ account, role }) => `${account}: ${role.id}`).join(', ');
  if (isElsewhere) {
    return unknown(
      `no role is granted on ${project} itself: on its folder or organisation, or not at all (${names})`,
      'gcloud organizations get-iam-policy ORGANIZATION --flatten=bindings --filter=bindings.role:sallyport',
    );
  }
  return problem(`not granted: ${names}`, 'terraform -chdir=infra apply');
}

interface Grant {
  readonly account: string;
  readonly role: Role;
}

/** Only what is granted on projects can be seen in their policies. */
function toGrant(account: string, role: Role | undefined, withTriggers: boolean): readonly Grant[] {
  if (!role || (role.on !== 'scope' && role.on !== 'project')) return [];
  const isWanted = role.option === undefined || (role.option === 'eventarc' && withTriggers);
  return isWanted ? [{ account, role }] : [];
}

function isHeldOnProject(missing: readonly Grant[]) {
  return (grant: Grant) => grant.role.on === 'scope' && !missing.includes(grant);
}

async function readBindings(project: string, { clients }: DoctorContext) {
  const { projects } = await clients.resourceManager();
  const requestBody = { options: { requestedPolicyVersion: 3 } };
  const { data } = await ask(() => projects.getIamPolicy({ resource: project, requestBody }));
  return data.bindings ?? [];
}
