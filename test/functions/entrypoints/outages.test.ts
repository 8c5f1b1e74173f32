import assert from 'node:assert/strict';
import { createWriter } from '../../../functions/adapters/create-writer.ts';
import type { DeadLetter } from '../../../functions/adapters/dead-letter.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { createLiveReader } from '../../../functions/adapters/live-reader/create-live-reader.ts';
import { createLog } from '../../../functions/adapters/log.ts';
import { parseSettings } from '../../../functions/config.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import type { World } from '../../../functions/core/world.ts';
import { createReconcileHandler } from '../../../functions/entrypoints/reconcile-handler.ts';
import { AppError } from '../../../functions/errors.ts';
import type { StoredPolicy } from '../../../sandbox/cloud.ts';
import { quickTiming, type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

const setPolicy = /^run\..*services\.setIamPolicy$/;
const maxAttempts = 3;

/** The rows of docs/operations.md that a single run of reconcile shows, with Google's own clients over HTTP. */
describe('reconcile, when something is away', function () {
  this.timeout(30_000);
  let google: SandboxGoogle;
  let ledger: Ledger;
  let letters: DeadLetter[];
  let runs: number;

  beforeEach(async () => {
    google = await startSandboxGoogle();
    const { projectId, backend, iapAgent } = google.estate;
    const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    record['iap'] = { enabled: true };
    google.sandbox.cloud.serviceAccounts.add(iapAgent.replace('serviceAccount:', ''));
    ledger = await openSqliteLedger(':memory:');
    letters = [];
    runs = 0;
  });
  afterEach(async () => {
    await ledger.close();
    assert.deepEqual(google.sandbox.discovery.summary().problems, []);
    await google.stop();
  });

  const buildHandler = (over: { readonly ledger?: Ledger; readonly clock?: World['clock'] } = {}) => {
    const { clients } = google;
    const settings = parseSettings({ scope: { include: [google.estate.projectId] } });
    const clock = over.clock ?? { now: () => Date.now() };
    const log = createLog({ write: () => undefined });
    const parts = { clients, clock, timing: quickTiming, settings, capabilities: settings.capabilities, log };
    const world: World = {
      reader: createLiveReader(parts),
      writer: createWriter(parts).writer,
      ledger: over.ledger ?? ledger,
      clock,
      log,
      settings,
      capabilities: settings.capabilities,
    };
    const handle = createReconcileHandler({
      world,
      ownProject: { id: google.estate.projectId, number: google.estate.projectNumber },
      projectId: async (name) => name,
      deadLetters: {
        async publish(letter) {
          letters.push(letter);
        },
      },
      maxAttempts,
      newRunId: () => `run-${++runs}`,
    });
    return (reason: 'event' | 'sweep' = 'event', retryCount = 0) =>
      handle({ body: { project: google.estate.projectId, reason }, retryCount, taskName: `task-${reason}-${runs}` });
  };
  const policies = (): readonly (StoredPolicy | undefined)[] =>
    google.estate.regions.map((region) => {
      const { projectId, service } = google.estate;
      return google.sandbox.cloud.policies.get(`projects/${projectId}/locations/${region}/services/${service}`);
    });
  const isGranted = () =>
    policies().every((policy) => policy?.bindings?.some(({ members }) => members?.includes(google.estate.iapAgent)));
  const writes = () =>
    google.sandbox.requestLog.rows.filter(({ method = '', status }) => setPolicy.test(method) && status === 200);

  it('an API that is down for minutes: nothing is written, the task comes again, and at its last try a letter is kept', async () => {
    const post = buildHandler();
    const restore = google.sandbox.faults.add({ match: /^compute\./, fault: 503 });
    assert.deepEqual(await post(), { status: 503, body: { code: 'read-failed' } });
    assert.deepEqual(letters, []);
    assert.deepEqual(await post('event', maxAttempts - 1), { status: 200, body: { code: 'read-failed' } });
    assert.deepEqual([letters.map(({ code }) => code), writes().length], [['read-failed'], 0]);
    restore();
    assert.equal((await post('sweep')).body['outcome'], 'fixed', 'and the sweep repairs what was missed');
    assert.equal(isGranted(), true);
  });

  for (const fault of [429, 'rate-limit-exceeded'] as const) {
    it(`a quota that is used up for a while (${fault}): reads and writes are tried again, more slowly, and end well`, async () => {
      google.sandbox.faults.add({ match: /^compute\..*aggregatedList$/, fault, times: 2 });
      google.sandbox.faults.add({ match: setPolicy, fault, times: 2 });
      const { status, body } = await buildHandler()();
      assert.deepEqual([status, body['outcome'], body['changes']], [200, 'fixed', 2]);
      assert.equal(writes().length, 2);
    });
  }

  it('a permission that is missing: the finding stays open, an event leaves a letter, and the sweep after the grant fixes it', async () => {
    const { policies: all } = google.sandbox.cloud;
    const key = `projects/${google.estate.projectId}`;
    const policy = all.get(key);
    assert.ok(policy);
    const isGrant = ({ role }: { readonly role: string }) => role.endsWith('/sallyportGrantInvoker');
    all.set(key, { ...policy, bindings: (policy.bindings ?? []).filter((one) => !isGrant(one)) });
    const post = buildHandler();
    assert.deepEqual(await post(), { status: 200, body: { code: 'write-denied' } });
    assert.deepEqual(await post('sweep'), { status: 200, body: { code: 'write-denied' } });
    const changes = await ledger.changesSince(0);
    assert.deepEqual(new Set(changes.map(({ result }) => result?.code)), new Set(['write-denied']));
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['write-denied'],
      'of the event, not of the sweep',
    );
    assert.deepEqual([writes().length, (await ledger.openFindings()).length], [0, 2]);
    all.set(key, policy);
    assert.equal((await post('sweep')).body['outcome'], 'fixed');
    assert.equal(isGranted(), true);
  });

  it('a ledger that is down: without an intent nothing is written to Google, and the task comes again', async () => {
    const down = async (): Promise<never> => {
      throw new AppError('ledger-failed', 'Firestore does not answer.');
    };
    for (const method of ['acquireLease', 'recordIntent', 'isPaused', 'renewLease'] as const) {
      const broken = new Proxy(ledger, {
        get: (target, name) => (name === method ? down : Reflect.get(target, name).bind(target)),
      });
      const { status, body } = await buildHandler({ ledger: broken })();
      assert.deepEqual([status, body['code']], [503, 'ledger-failed'], method);
      assert.deepEqual([writes().length, isGranted()], [0, false], method);
    }
    assert.equal((await buildHandler()()).body['outcome'], 'fixed', 'and all is well when it is back');
  });

  it('a ledger that goes down right after a write: the intent stays, and the next run closes it and writes nothing twice', async () => {
    let isDown = false;
    const broken = new Proxy(ledger, {
      get: (target, name) =>
        name === 'recordResult' || isDown
          ? async () => {
              isDown = true;
              throw new AppError('ledger-failed', 'Firestore does not answer.');
            }
          : Reflect.get(target, name).bind(target),
    });
    assert.equal((await buildHandler({ ledger: broken })()).status, 503);
    const { projectId } = google.estate;
    assert.ok((await ledger.openIntents(projectId)).length > 0);
    // Its lease, which it could not give back, ends by itself.
    const later = { now: () => Date.now() + 600_000 };
    await ledger.releaseLease(projectId, 'run-1');
    assert.equal((await buildHandler({ clock: later })('sweep')).status, 200);
    assert.deepEqual(await ledger.openIntents(projectId), []);
    assert.equal(isGranted(), true);
    assert.equal(writes().length, 2, 'one for each region');
  });

  it('answers of Google’s that come too late are no second grant', async () => {
    google.sandbox.faults.add({ match: setPolicy, fault: 'slow', delayMs: 300, times: 1 });
    assert.equal((await buildHandler()()).body['changes'], 2);
    for (const policy of policies()) {
      assert.deepEqual(policy?.bindings, [{ role: 'roles/run.invoker', members: [google.estate.iapAgent] }]);
    }
  });

  for (const [title, ms] of [
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ] as const) {
    it(`a clock that is an hour ${title}: the same grants, once`, async () => {
      const post = buildHandler({ clock: { now: () => Date.now() + ms } });
      assert.equal((await post()).body['outcome'], 'fixed');
      assert.equal((await buildHandler()('sweep')).body['outcome'], 'clean', 'a right clock after a wrong one');
      assert.deepEqual([writes().length, isGranted()], [2, true]);
    });
  }

  it('two sweeps at once: one works, the other comes again and finds nothing to do', async () => {
    const post = buildHandler();
    const replies = await Promise.all([post('sweep'), post('sweep')]);
    const busy = replies.filter(({ status }) => status === 503);
    assert.deepEqual(
      busy.map(({ body }) => body['code']),
      ['project-busy'],
    );
    assert.equal((await post('sweep', 1)).body['outcome'], 'clean');
    assert.equal(writes().length, 2);
  });

  it('a project that is deleted: the sweep says so each time, and leaves neither letter nor change', async () => {
    google.sandbox.cloud.projects.delete(google.estate.projectId);
    assert.deepEqual(await buildHandler()('sweep'), { status: 200, body: { code: 'project-not-found' } });
    assert.deepEqual([letters, writes().length], [[], 0]);
  });
});
