import assert from 'node:assert/strict';
import { join } from 'node:path';
import { settingsSchema } from '../../../functions/config.ts';
import {
  checkPermissionList,
  type PermissionList,
  readPermissionList,
} from '../../../scripts/infra/permission-list.ts';

const list = readPermissionList(join(import.meta.dirname, '../../../infra'));

describe('infra/permissions.json', () => {
  it('holds nothing that it must not hold', () => {
    assert.deepEqual(checkPermissionList(list), []);
  });

  it('has one account for each capability of the settings beyond grant-invoker, and a role for each', () => {
    const capabilities = settingsSchema.shape.capabilities.unwrap().element.options.toSorted();
    const withAccount = Object.values(list.accounts).flatMap(({ capability }) => capability ?? []);
    const withRole = Object.values(list.roles).flatMap(({ capability, on }) => (on === 'scope' && capability) || []);
    assert.deepEqual(['grant-invoker', ...withAccount].toSorted(), capabilities);
    assert.deepEqual(withRole.toSorted(), capabilities);
  });

  it('holds no role that nobody has', () => {
    const held = new Set(Object.values(list.accounts).flatMap(({ holds }) => holds));
    assert.deepEqual(
      Object.keys(list.roles).filter((key) => !held.has(key)),
      [],
    );
  });
});

describe('checkPermissionList', () => {
  const reader = list.roles['readEstate'];
  assert.ok(reader);
  const withReader = (change: Partial<typeof reader>): PermissionList => {
    return { ...list, roles: { ...list.roles, readEstate: { ...reader, ...change } } };
  };

  it('refuses a power over the estate without a capability', () => {
    const problems = checkPermissionList(
      withReader({ permissions: { 'compute.backendServices.update': 'to be tried' } }),
    );
    assert.deepEqual(problems, [
      'role readEstate: compute.backendServices.update changes the estate and belongs to no capability',
    ]);
  });

  it('refuses on a single thing what is not about that thing', () => {
    const queue = list.roles['enqueue'];
    assert.ok(queue);
    const permissions = { ...queue.permissions, 'run.services.delete': 'to be tried' };
    const [problem] = checkPermissionList({ ...list, roles: { ...list.roles, enqueue: { ...queue, permissions } } });
    assert.equal(problem, 'role enqueue: run.services.delete is more than a role on queue may hold');
  });

  it('refuses actAs on a whole scope, even with a capability', () => {
    const permissions = { 'iam.serviceAccounts.actAs': 'to be tried' };
    const [problem] = checkPermissionList(withReader({ permissions, capability: 'restrict-ingress' }));
    assert.match(problem ?? '', /may be granted on single accounts only/);
  });

  it('refuses setIamPolicy without the condition, or with the condition of the other door', () => {
    const role = list.roles['grantIapAccessor'];
    assert.ok(role?.condition);
    const { condition: _none, ...bare } = role;
    const other = { ...role, condition: list.roles['grantInvoker']?.condition };
    for (const grantIapAccessor of [bare, other]) {
      const [problem] = checkPermissionList({ ...list, roles: { ...list.roles, grantIapAccessor } });
      assert.match(problem ?? '', /is granted without the condition .*httpsResourceAccessor/);
    }
  });

  it('refuses what Google refuses in the custom roles of a project', () => {
    for (const permission of ['resourcemanager.projects.list', 'resourcemanager.folders.get']) {
      const [problem] = checkPermissionList(withReader({ permissions: { [permission]: 'to be tried' } }));
      assert.match(problem ?? '', /is refused in the custom roles of a project/);
    }
  });

  it('refuses the role of one capability in the hands of another', () => {
    const events = list.accounts['sallyport-events'];
    assert.ok(events);
    const accounts = { ...list.accounts, 'sallyport-events': { ...events, holds: ['grantInvoker'] } };
    assert.deepEqual(checkPermissionList({ ...list, accounts }), [
      'account sallyport-events holds grantInvoker, the role of another capability (grant-invoker)',
    ]);
  });
});
