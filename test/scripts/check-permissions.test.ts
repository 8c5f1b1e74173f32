import assert from 'node:assert/strict';
import permissions from '../../infra/permissions.json' with { type: 'json' };
import { createProofFinder, type ProofFinder } from '../../scripts/check-permissions/find-proof.ts';
import { notProven } from '../../scripts/check-permissions/not-proven.ts';

describe('the proof that an account needs a permission', function () {
  this.timeout(30_000);
  let finder: ProofFinder;
  const untouched = { ...process.env };

  before(async () => {
    finder = await createProofFinder();
  });
  after(async () => {
    await finder.stop();
    for (const name of ['SALLYPORT_SANDBOX_URL', 'GCE_METADATA_HOST', 'CLOUDSDK_CONFIG']) {
      if (untouched[name] === undefined) delete process.env[name];
      else process.env[name] = untouched[name];
    }
  });

  const find = (account: string, id: string, permission: string, on = 'scope') =>
    finder.find({ account, role: id, permission }, finder.roleName(id, on));

  it('names the path that fails, and what that says', async () => {
    const proof = await find('sallyport-sweep', 'sallyportFindProjects', 'resourcemanager.projects.get');
    assert.equal(proof?.path, 'a sweep finds the projects');
    assert.match(proof?.complaint ?? '', /no project is in scope/);
  });

  it('takes what is said to be unreadable for a proof, too', async () => {
    const proof = await find('sallyport-report', 'sallyportReadEstate', 'iap.web.getSettings');
    assert.match(proof?.complaint ?? '', /^not evaluated iap-settings-not-read/);
  });

  it('finds nothing for a permission that no path misses', async () => {
    assert.equal(await find('sallyport-report', 'sallyportWriteReports', 'storage.objects.delete'), undefined);
    assert.equal(await find('sallyport-slack-action', 'sallyportEnqueue', 'cloudtasks.tasks.delete'), undefined);
  });

  it('gives every permission back before the next is taken', async () => {
    const first = await find('sallyport-scheduler', 'sallyportStartWorkflows', 'workflows.executions.create');
    const second = await find('sallyport-scheduler', 'sallyportStartWorkflows', 'workflows.executions.create');
    assert.deepEqual(second, first);
  });

  it('lists as not proven only what permissions.json still has', () => {
    const listed = Object.entries(permissions.roles).flatMap(([role, { permissions: held }]) =>
      Object.keys(held).map((permission) => ({ role, permission })),
    );
    for (const { permission, role } of notProven) {
      const fits = listed.some((one) => permission.test(one.permission) && (role ?? one.role) === one.role);
      assert.ok(fits, `${permission} is granted to nobody`);
    }
  });
});
