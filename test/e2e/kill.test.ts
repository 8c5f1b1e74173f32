import assert from 'node:assert/strict';
import sinon from 'sinon';
import { openStage, type Stage } from '../../cli/story/stage.ts';
import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../functions/core/ledger.ts';
import type { FunctionName } from '../../sandbox/deploy/deploy-sallyport.ts';

const setPolicy = /^run\..*services\.setIamPolicy$/;
const createTask = 'cloudtasks.projects.locations.queues.tasks.create';

describe('a function is killed between delivery and acknowledgement', () => {
  let stage: Stage;
  let ledger: Ledger;
  const log: Readonly<Record<string, unknown>>[] = [];

  beforeEach(async () => {
    log.length = 0;
    stage = await openStage({ seed: 43, onLog: (_name, entry) => log.push(entry) });
    ledger = await openSqliteLedger(stage.deployment.ledgerFile);
  });
  afterEach(async () => {
    await ledger?.close();
    await stage?.stop();
  });

  /** Resolves when the local Google Cloud has begun to work on a call of this method. */
  const begun = (match: RegExp | string) =>
    new Promise<void>((resolve) => {
      const { faults } = stage.sandbox;
      const draw = faults.draw.bind(faults);
      const spy = sinon.stub(faults, 'draw').callsFake((method, caller) => {
        if (typeof match === 'string' ? method === match : match.test(method)) {
          spy.restore();
          resolve();
        }
        return draw(method, caller);
      });
    });
  const killAndRestart = async (name: FunctionName) => {
    const { pid } = stage.deployment.function(name);
    await stage.deployment.function(name).kill();
    const open = await ledger.openIntents(stage.estate.projectId);
    await stage.deployment.restart(name);
    assert.notEqual(stage.deployment.function(name).pid, pid);
    return open;
  };
  /** Sent more than once, and acknowledged once. */
  const attemptsOf = (kind: 'task' | 'delivery', id: 'task' | 'insertId') => {
    const rows = stage.sandbox.requestLog.rows.filter((row) => row.kind === kind);
    return Map.groupBy(rows, (row) => row[id]);
  };
  const assertRedelivered = (kind: 'task' | 'delivery', id: 'task' | 'insertId') => {
    const [repeated, ...others] = [...attemptsOf(kind, id).values()].filter((rows) =>
      rows.some(({ status }) => status === 0),
    );
    assert.ok(repeated && others.length === 0, `one ${kind} was cut short`);
    assert.equal(repeated.filter(({ status = 0 }) => status >= 200 && status < 300).length, 1);
    assert.ok(repeated.length > 1);
  };
  const assertGrantedOnce = async () => {
    const { projectId, service, regions, iapAgent, reconcileAccount } = stage.estate;
    const { rows } = stage.sandbox.requestLog;
    for (const region of regions) {
      const key = `projects/${projectId}/locations/${region}/services/${service}`;
      const written = rows.filter(
        ({ kind, method = '', url = '', status, caller }) =>
          kind === 'api' &&
          setPolicy.test(method) &&
          url.includes(key) &&
          status === 200 &&
          caller === reconcileAccount,
      );
      assert.equal(written.length, 1, `one policy change in ${region}`);
      const bindings = stage.sandbox.cloud.policies.get(key)?.bindings;
      assert.deepEqual(bindings, [{ role: 'roles/run.invoker', members: [iapAgent] }]);
      const changes = (await ledger.changesSince(0)).filter(({ change }) => change.resource.endsWith(key));
      const applied = changes.filter(({ result }) => result?.outcome === 'applied');
      assert.equal(applied.length, 1, `one applied change in the ledger for ${region}`);
      assert.equal(await stage.visit(region), 200);
    }
    assert.deepEqual(await ledger.openIntents(projectId), []);
    assert.deepEqual(
      log.filter(({ severity }) => severity === 'ERROR'),
      [],
      'nobody is called for a write that was our own',
    );
  };

  it('reconcile, while Google works on its write: the task comes again, and the grant is made once', async () => {
    const { faults } = stage.sandbox;
    // Longer than kill, restart and second run together: the dead run's request takes effect last, or would.
    faults.add({ match: setPolicy, fault: 'slow', delayMs: 8000, times: 1 });
    const isAtWork = begun(setPolicy);
    await stage.admin.switchIapOn();
    await isAtWork;
    assert.ok((await killAndRestart('reconcile')).length > 0, 'an intent without result was left');
    await stage.deployment.idle();
    assertRedelivered('task', 'task');
    await assertLateWriteIsOver();
    await assertGrantedOnce();
  });

  it('reconcile, after the write and before the answer: the task comes again, and nothing is written twice', async () => {
    const { reconcileAccount } = stage.estate;
    const killed = new Promise<number>((resolve, reject) => {
      const unhook = stage.sandbox.onAudit(({ protoPayload }) => {
        const { authenticationInfo } = protoPayload;
        if (!protoPayload.methodName.endsWith('SetIamPolicy')) return;
        if (Object(authenticationInfo).principalEmail !== reconcileAccount) return;
        unhook();
        killAndRestart('reconcile').then((open) => resolve(open.length), reject);
      });
    });
    await stage.admin.switchIapOn();
    assert.ok((await killed) > 0, 'an intent without result was left');
    await stage.deployment.idle();
    assertRedelivered('task', 'task');
    await assertGrantedOnce();
  });

  it('audit-event, before the task was taken: the event comes again, and the grant is made once', async () => {
    stage.sandbox.faults.add({ match: createTask, fault: 503, times: 1 });
    const isAtWork = begun(createTask);
    await stage.admin.switchIapOn();
    await isAtWork;
    await killAndRestart('audit-event');
    await stage.deployment.idle();
    assertRedelivered('delivery', 'insertId');
    await assertGrantedOnce();
  });

  it('audit-event, after the task was taken: the event comes again, finds its task, and the grant is made once', async () => {
    const killed = new Promise<void>((resolve, reject) => {
      let isFirst = true;
      stage.sandbox.cloud.tasks.onAdded(() => {
        if (isFirst) killAndRestart('audit-event').then(() => resolve(), reject);
        isFirst = false;
      });
    });
    await stage.admin.switchIapOn();
    await killed;
    await stage.deployment.idle();
    assertRedelivered('delivery', 'insertId');
    await assertGrantedOnce();
  });

  /** The request of the dead run has been answered: it came too late, on a policy that is no more. */
  async function assertLateWriteIsOver(): Promise<void> {
    const { rows } = stage.sandbox.requestLog;
    const late = () => rows.find(({ method = '', fault }) => setPolicy.test(method) && fault === 'slow');
    while (!late()) await new Promise((resolve) => setTimeout(resolve, 50));
    await stage.deployment.idle();
    assert.equal(late()?.status, 409);
  }
});
