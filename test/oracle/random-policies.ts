import type { Dice } from './dice.ts';
import { clientIdOf } from './random-assets.ts';
import type { RandomProject } from './random-lines.ts';

const invoking = ['servicesInvoker', 'admin', 'editor', 'developer', 'sourceDeveloper'].map(
  (one) => `roles/run.${one}`,
);
const idle = ['roles/run.viewer', 'roles/viewer', 'roles/cloudfunctions.admin', 'roles/Run.Invoker'];

/** A random IAM policy: mostly the doors that matter, sometimes everything that must not count. */
export function randomPolicy(projects: readonly RandomProject[], dice: Dice): unknown {
  const count = dice.pick([0, 1, 1, 1, 2, 3]);
  const bindings = [];
  for (let i = 0; i < count; i++) bindings.push(randomBinding(projects, dice));
  if (dice.chance(0.1)) {
    const member = `serviceAccount:service-${dice.pick(projects).number}@gcp-sa-iap.iam.gserviceaccount.com`;
    bindings.push({ role: 'roles/run.invoker', members: [member], condition: { expression: 'false' } });
  }
  if (bindings.length === 0 && dice.chance(0.5)) return { etag: 'ACAB' };
  return { version: 3, etag: 'BwX=', bindings };
}

function randomBinding(projects: readonly RandomProject[], dice: Dice): unknown {
  const members = [];
  const count = dice.pick([0, 1, 1, 2, 3]);
  for (let i = 0; i < count; i++) members.push(randomMember(projects, dice));
  return { role: randomRole(projects, dice), members, ...randomCondition(dice) };
}

function randomRole(projects: readonly RandomProject[], dice: Dice): string {
  const kind = dice.below(20);
  if (kind < 12) return 'roles/run.invoker';
  if (kind < 15) return dice.pick([...invoking, 'roles/editor', 'roles/owner']);
  if (kind < 17) return dice.pick(idle);
  if (kind < 18) return 'organizations/5000/roles/orgWide';
  return `projects/${dice.pick(projects).id}/roles/${dice.pick(['withInvoke', 'withoutInvoke', 'unread'])}`;
}

function randomMember(projects: readonly RandomProject[], dice: Dice): string {
  const { number } = dice.pick(projects);
  const agent = `service-${number}@gcp-sa-iap.iam.gserviceaccount.com`;
  const kind = dice.below(20);
  if (kind < 8) return `serviceAccount:${agent}`;
  if (kind < 11) return `serviceAccount:${clientIdOf(number)}`;
  if (kind < 12) return `serviceAccount:Service-${number}@GCP-sa-iap.iam.gserviceaccount.com`;
  return dice.pick([
    'allUsers',
    'allUsers',
    'allAuthenticatedUsers',
    'user:ann@example.com',
    'user:Ann@Example.com',
    'group:everyone@example.com',
    'domain:example.com',
    `deleted:serviceAccount:${agent}?uid=1`,
    'deleted:user:bob@example.com?uid=2',
    'principalSet://iam.googleapis.com/locations/global/workforcePools/w/*',
    'serviceAccount:other@example.iam.gserviceaccount.com',
    `ServiceAccount:${agent}`,
  ]);
}

function randomCondition(dice: Dice): Record<string, unknown> {
  const kind = dice.below(20);
  if (kind < 11) return {};
  if (kind < 13) return { condition: {} };
  if (kind < 14) return { condition: null };
  if (kind < 15) return { condition: { expression: '', title: '' } };
  return { condition: { title: 'until', expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' } };
}

export function randomIapPolicy(dice: Dice): unknown {
  const members = dice.some(
    [
      'allUsers',
      'allAuthenticatedUsers',
      'user:ann@example.com',
      'group:all@example.com',
      'serviceAccount:push@acme-one.iam.gserviceaccount.com',
    ],
    0.25,
  );
  const accessor = 'roles/iap.httpsResourceAccessor';
  const role = dice.pick([accessor, accessor, accessor, accessor, 'roles/iap.admin', 'projects/p/roles/custom']);
  return { bindings: [{ role, members, ...randomCondition(dice) }] };
}
