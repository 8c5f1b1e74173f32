import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const role = z.strictObject({
  id: z.string().regex(/^sallyport[A-Z]\w+$/),
  title: z.string().max(100),
  /** Where it is granted. */
  on: z.enum([
    'scope',
    'ancestors',
    'project',
    'database',
    'queue',
    'tasks-account',
    'push-accounts',
    'runtime-accounts',
    'dead-letter-topic',
    'report-bucket',
    'settings-secret',
    'slack-bot-token',
    'slack-signing-secret',
  ]),
  capability: z.string().optional(),
  option: z.string().optional(),
  condition: z.strictObject({ title: z.string(), description: z.string(), expression: z.string() }).optional(),
  /** Permission -> why. */
  permissions: z.record(z.string().regex(/^[a-z]+\.\w+\.\w+$/), z.string().min(10)),
});
const account = z.strictObject({
  runs: z.string(),
  capability: z.string().optional(),
  option: z.string().optional(),
  holds: z.array(z.string()),
});
const list = z.strictObject({
  about: z.string(),
  roles: z.record(z.string(), role),
  accounts: z.record(z.string(), account),
});

export type PermissionList = z.infer<typeof list>;
export type ListedRole = z.infer<typeof role>;

/** infra/permissions.json, the one list of accounts, roles and permissions. Throws where it is not of its form. */
export function readPermissionList(infra: string): PermissionList {
  return list.parse(JSON.parse(readFileSync(join(infra, 'permissions.json'), 'utf8')));
}

/** What may not stand in the list, whatever Terraform makes of it. */
export function checkPermissionList({ roles, accounts }: PermissionList): readonly string[] {
  const problems: string[] = [];
  for (const [key, { on, capability, condition, permissions }] of Object.entries(roles)) {
    for (const permission of Object.keys(permissions)) {
      const problem = judge({ permission, on, capability, expression: condition?.expression });
      if (problem) problems.push(`role ${key}: ${permission} ${problem}`);
    }
  }
  for (const [name, { capability, holds }] of Object.entries(accounts)) {
    // The first capability is the one of the main function; each other has an account of its own.
    const own = name === 'sallyport-reconcile' ? 'grant-invoker' : capability;
    for (const key of holds) {
      const held = roles[key];
      if (!held) problems.push(`account ${name} holds ${key}, which is no role`);
      else if (held.capability !== undefined && held.capability !== own)
        problems.push(`account ${name} holds ${key}, the role of another capability (${held.capability})`);
    }
  }
  return problems;
}

/** Where a role is granted on one thing, or on Sallyport's own project: all that it may hold. */
const families: Readonly<Partial<Record<ListedRole['on'], RegExp>>> = {
  project:
    /^(workflows\.(executions\.create|callbacks\.send)|logging\.logEntries\.create|eventarc\.events\.receive\w+)$/,
  database: /^datastore\.(databases\.get|entities\.(get|list|create|update|delete))$/,
  queue: /^cloudtasks\.tasks\.(create|delete)$/,
  'dead-letter-topic': /^pubsub\.topics\.publish$/,
  'report-bucket': /^storage\.objects\.create$/,
  'settings-secret': /^secretmanager\.versions\.access$/,
  'slack-bot-token': /^secretmanager\.versions\.access$/,
  'slack-signing-secret': /^secretmanager\.versions\.access$/,
};

const reads = /\.(get|list|getIamPolicy|getSettings)$/;
const above = /^resourcemanager\.(folders|organizations)\./;
const actAsPlaces = new Set(['tasks-account', 'push-accounts', 'runtime-accounts']);

interface Power {
  readonly permission: string;
  readonly on: ListedRole['on'];
  readonly capability: string | undefined;
  readonly expression: string | undefined;
}

function judge({ permission, on, capability, expression }: Power): string | undefined {
  if (permission === 'iam.serviceAccounts.actAs')
    return actAsPlaces.has(on) ? undefined : 'may be granted on single accounts only';
  if (permission === 'resourcemanager.projects.list') return 'is refused in the custom roles of a project';
  if (above.test(permission) && on !== 'ancestors') return 'is refused in the custom roles of a project';
  const family = families[on];
  if (family && !family.test(permission)) return `is more than a role on ${on} may hold`;
  if (on !== 'scope' && on !== 'ancestors') return undefined;
  if (!reads.test(permission) && capability === undefined) return 'changes the estate and belongs to no capability';
  if (!permission.endsWith('.setIamPolicy')) return undefined;
  const wanted = confinement(permission, capability);
  return expression === wanted ? undefined : `is granted without the condition ${wanted}`;
}

/** The roles whose grants may be changed: for a removal also the smaller of Cloud Run's two invoker roles. */
function confinement(permission: string, capability: string | undefined): string {
  const run =
    capability === 'revoke-invoker' ? ['roles/run.invoker', 'roles/run.servicesInvoker'] : ['roles/run.invoker'];
  const roles = permission.startsWith('iap.') ? ['roles/iap.httpsResourceAccessor'] : run;
  const listed = roles.map((role) => `'${role}'`).join(', ');
  return `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${listed}])`;
}
