import assert from 'node:assert/strict';
import { openFirestoreLedger } from '../../functions/adapters/ledger/firestore-ledger.ts';
import type { Change } from '../../functions/core/change/change.ts';
import type { Ledger } from '../../functions/core/ledger.ts';
import { eventarcTriggers } from '../../functions/events/event-sources.ts';
import { type Deployment, deploySallyport } from '../../sandbox/deploy/deploy-sallyport.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { type FirestoreEmulator, startFirestoreEmulator } from '../support/firestore-emulator.ts';

const setPolicy = /^run\..*services\.setIamPolicy$/;

describe('with the ledger in Firestore', function () {
  this.timeout(180_000);
  let emulator: FirestoreEmulator | undefined;
  let sandbox: Sandbox | undefined;
  let estate: ArticleEstate;
  let deployment: Deployment | undefined;
  let ledger: Ledger | undefined;
  const errors: Readonly<Record<string, unknown>>[] = [];

  before(async function () {
    emulator = await startFirestoreEmulator();
    if (!emulator) return this.skip();
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud, { seed: 44 });
    const { host } = emulator;
    deployment = await deploySallyport({
      sandbox,
      project: estate,
      accounts: estate,
      methods: eventarcTriggers().map(({ methodName }) => methodName),
      ledger: { SALLYPORT_LEDGER: 'firestore', FIRESTORE_EMULATOR_HOST: host },
      onLog: (_name, entry) => {
        if (entry['severity'] === 'ERROR') errors.push(entry);
      },
    });
    const env = { FIRESTORE_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: estate.projectId };
    ledger = await openFirestoreLedger('(default)', { env });
  });
  after(async () => {
    await ledger?.close();
    await deployment?.stop();
    await sandbox?.stop();
    await emulator?.stop();
  });

  it('reconcile is killed between intent and result: the task comes again, closes the intent, and the grant is made once', async () => {
    assert.ok(sandbox && deployment && ledger);
    const { requestLog, faults, cloud, url } = sandbox;
    const { projectId, backend, regions, service, iapAgent } = estate;
    // Longer than kill, restart and second run together: the dead run's request takes effect last, or would.
    faults.add({ match: setPolicy, fault: 'slow', delayMs: 15_000, times: 1 });
    const isAtWork = new Promise<void>((resolve) => {
      const draw = faults.draw.bind(faults);
      faults.draw = (method, caller) => {
        if (setPolicy.test(method)) resolve();
        return draw(method, caller);
      };
    });
    const switched = await fetch(`${url}/compute/v1/projects/${projectId}/global/backendServices/${backend}`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer fake-token', 'content-type': 'application/json' },
      body: JSON.stringify({ iap: { enabled: true } }),
    });
    assert.equal(switched.status, 200, await switched.text());
    await isAtWork;
    await deployment.function('reconcile').kill();
    const open = await ledger.openIntents(projectId);
    assert.ok(open.length > 0, 'an intent without result was left');
    await deployment.restart('reconcile');
    await deployment.idle();
    const late = () => requestLog.rows.find(({ method = '', fault }) => setPolicy.test(method) && fault === 'slow');
    while (!late()) await new Promise((resolve) => setTimeout(resolve, 50));
    await deployment.idle();
    assert.equal(late()?.status, 409, 'the dead run’s request comes on a policy that is no more');

    const attempts = requestLog.rows.filter(({ kind }) => kind === 'task');
    const cutShort = new Set(attempts.filter(({ status }) => status === 0).map((row) => row['task']));
    assert.equal(cutShort.size, 1, 'one task was cut short');
    const answered = attempts.filter((row) => cutShort.has(row['task']) && row.status === 200);
    assert.equal(answered.length, 1, 'it came again, and was answered once');
    for (const region of regions) {
      const key = `projects/${projectId}/locations/${region}/services/${service}`;
      assert.deepEqual(cloud.policies.get(key)?.bindings, [{ role: 'roles/run.invoker', members: [iapAgent] }]);
      const changes: readonly Change[] = await ledger.changesSince(0, projectId);
      const ours = changes.filter(({ change }) => change.resource.endsWith(key));
      assert.equal(ours.filter(({ result }) => result?.outcome === 'applied').length, 1, region);
    }
    assert.deepEqual(await ledger.openIntents(projectId), []);
    assert.deepEqual(errors, []);
  });
});
