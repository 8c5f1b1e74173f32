import assert from 'node:assert/strict';
import { createGoogleRead } from '../../../functions/adapters/google-read.ts';
import { createProjectList } from '../../../functions/adapters/project-list.ts';
import { quickTiming, type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

describe('the list of projects', () => {
  let google: SandboxGoogle;
  const list = (include: string[], exclude: string[] = []) =>
    createProjectList({
      clients: google.clients,
      read: createGoogleRead(quickTiming),
      scope: { include, exclude },
      ownProject: google.estate.projectId,
    })();

  before(async () => {
    google = await startSandboxGoogle();
    const { cloud } = google.sandbox;
    const account = `serviceAccount:${google.estate.reconcileAccount}`;
    for (const [index, projectId] of [...Array.from({ length: 60 }, (_, at) => `dev-${at}`), 'hidden-1'].entries()) {
      const createTime = '2026-01-01T00:00:00Z';
      const projectNumber = String(900_000 + index);
      cloud.projects.set(projectId, { projectId, projectNumber, displayName: projectId, createTime });
      const bindings = projectId === 'hidden-1' ? [] : [{ role: 'roles/browser', members: [account] }];
      cloud.policies.set(`projects/${projectId}`, { etag: 'BwY=', bindings });
    }
  });
  after(() => google.stop());

  it('is the own project where the settings name none, without asking', async () => {
    google.forgetCalls();
    assert.deepEqual(await list([]), [google.estate.projectId]);
    assert.deepEqual(google.calls(), []);
  });

  it('holds every project of a pattern that may be seen, whatever the number of pages', async () => {
    assert.equal((await list(['dev-*'])).length, 60);
  });

  it('leaves out what is excluded', async () => {
    assert.equal((await list(['dev-*'], ['dev-1*'])).length, 49);
  });

  it('holds a project that is named whole though it cannot be seen, so that somebody hears of it', async () => {
    assert.deepEqual(await list(['hidden-1', 'gone-1']), ['gone-1', 'hidden-1']);
  });

  it('fails rather than leave projects out', async () => {
    google.sandbox.faults.add({ match: 'cloudresourcemanager.projects.search', fault: 503 });
    await assert.rejects(list(['dev-*']), { code: 'read-failed' });
  });
});
