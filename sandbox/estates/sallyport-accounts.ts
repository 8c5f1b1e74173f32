import permissions from '../../infra/permissions.json' with { type: 'json' };
import type { Cloud } from '../cloud.ts';
import { nextEtag } from '../iam.ts';

/** E-mails of the service accounts that Sallyport's Terraform makes. */
export interface SallyportAccounts {
  /** All of them, by their name in `infra/permissions.json`. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Those that use one capability, by the capability. */
  readonly capabilityAccounts: Readonly<Record<string, string>>;
  /** Runs `reconcile`: may read, and may change policies of Cloud Run services. */
  readonly reconcileAccount: string;
  /** Runs `audit-event`: may put tasks into the queue. */
  readonly eventsAccount: string;
  /** Calls `reconcile` for Cloud Tasks. */
  readonly invokerAccount: string;
}

interface Role {
  readonly id: string;
  readonly on: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly condition?: Readonly<Record<string, unknown>>;
}

interface Account {
  readonly holds: readonly string[];
  readonly capability?: string;
}

const roles: Readonly<Record<string, Role>> = permissions.roles;
const accounts: Readonly<Record<string, Account>> = permissions.accounts;

/**
 * Creates the accounts and custom roles of `infra/permissions.json`, and grants them where Terraform does: nobody has
 * anything else. Push and runtime accounts that an owner may list are left out, as by default.
 */
export function buildSallyportAccounts(cloud: Cloud, project: string, ancestors: readonly string[]): SallyportAccounts {
  const emailOf = (name: string) => `${name}@${project}.iam.gserviceaccount.com`;
  const emails = Object.fromEntries(Object.keys(accounts).map((name) => [name, emailOf(name)]));
  const placeOf = buildPlaces(project, ancestors, emailOf('sallyport-tasks'));
  for (const [name, { holds }] of Object.entries(accounts)) {
    cloud.serviceAccounts.add(emailOf(name));
    for (const held of holds) {
      const role = roles[held];
      const place = role && placeOf(role.on);
      if (role && place) bind(cloud, place, role, emailOf(name), placeOfRole(role, project, ancestors));
    }
  }
  return {
    accounts: emails,
    capabilityAccounts: Object.fromEntries(
      Object.entries(accounts).flatMap(([name, { capability }]) => (capability ? [[capability, emailOf(name)]] : [])),
    ),
    reconcileAccount: emailOf('sallyport-reconcile'),
    eventsAccount: emailOf('sallyport-events'),
    invokerAccount: emailOf('sallyport-tasks'),
  };
}

/** Policy keys by the words that `permissions.json` uses; undefined = not there, so nothing is granted. */
function buildPlaces(project: string, ancestors: readonly string[], tasksAccount: string) {
  const own = `projects/${project}`;
  const places: Readonly<Record<string, string | undefined>> = {
    scope: own,
    project: own,
    ancestors: ancestors.at(-1),
    database: `${own}/databases/sallyport`,
    queue: `${own}/locations/us-central1/queues/sallyport`,
    'tasks-account': `${own}/serviceAccounts/${tasksAccount}`,
    'dead-letter-topic': `${own}/topics/sallyport-dead-letters`,
    'report-bucket': `${own}/buckets/${project}-sallyport-reports`,
    'settings-secret': `${own}/secrets/sallyport-settings`,
    'slack-bot-token': `${own}/secrets/sallyport-slack-bot-token`,
    'slack-signing-secret': `${own}/secrets/sallyport-slack-signing-secret`,
  };
  return (on: string) => places[on];
}

/** A role with permissions of folders and organisations can live in an organisation only (FACTS 9.3). */
function placeOfRole({ on }: Role, project: string, ancestors: readonly string[]): string {
  return on === 'ancestors' ? (ancestors.at(-1) ?? `projects/${project}`) : `projects/${project}`;
}

function bind(cloud: Cloud, key: string, role: Role, email: string, owner: string): void {
  const name = `${owner}/roles/${role.id}`;
  cloud.roles.set(name, Object.keys(role.permissions));
  const policy = cloud.policies.get(key) ?? { version: 1, etag: nextEtag() };
  const condition = role.condition ? { condition: { ...role.condition } } : {};
  policy.bindings = [...(policy.bindings ?? []), { role: name, members: [`serviceAccount:${email}`], ...condition }];
  if (role.condition) policy.version = 3;
  cloud.policies.set(key, policy);
}
