import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { LoggedChange } from '../../../../functions/core/attribution/logged-change.ts';
import { buildFindingId } from '../../../../functions/core/finding.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import type { ReconcileKey } from '../../../../functions/core/run.ts';
import { findingNoticeId } from '../../../../functions/core/tell/finding-notice.ts';
import type { AuditLogReader } from '../../../../functions/core/world.ts';
import { AppError } from '../../../../functions/errors.ts';
import { agent, backend, grant, inventory, neg, policy, service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';

const shop = service();
const method = 'google.cloud.run.v1.Services.SetIamPolicy';
const dayMs = 24 * 3_600_000;

describe('who caused a finding', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let logged: LoggedChange[];
  let asked: { project: string; since: number }[];
  let refusal: AppError | undefined;
  let isWhole: boolean;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    world = buildMemoryWorld(inventory({ policies: [[shop, policy(grant(agent))]] }), {
      ledger,
      settings: { modes: { '*': 'observe' } },
    });
    logged = [];
    asked = [];
    refusal = undefined;
    isWhole = true;
  });
  afterEach(() => ledger.close());

  const auditLog: AuditLogReader = {
    async readChanges(project, since) {
      asked.push({ project, since });
      if (refusal) throw refusal;
      return { changes: logged.toReversed(), isWhole };
    },
  };
  async function run(over: Partial<ReconcileKey> = {}) {
    runs += 1;
    world.time += 60_000;
    const { findings } = await reconcile(
      { project: 'acme-prod', reason: 'sweep', runId: `run-${runs}`, ...over },
      { ...world, auditLog },
    );
    return findings;
  }
  /** Somebody sets the policy of the shop, and the log has it. */
  function setPolicy(actor: string, ...members: readonly string[]): void {
    world.time += 60_000;
    const next = policy(...(members.length > 0 ? [grant(...members)] : []));
    world.policies.set(shop.name, next);
    logged.push({ at: world.time, actor, kind: 'run-policy', verb: 'SetIamPolicy', resource: shop.name, policy: next });
  }

  it('is the actor of the event when the event is about the very resource, and the log is not asked', async () => {
    await run();
    setPolicy('bob@acme.example');
    const [finding] = await run({ reason: 'event', actor: 'bob@acme.example', resource: shop.name, method });
    assert.equal(finding?.actor, 'bob@acme.example');
    assert.deepEqual(asked, []);
    assert.equal((await ledger.openFindings('acme-prod'))[0]?.finding.actor, 'bob@acme.example');
  });

  it('is not the one who deployed a revision: the log tells of the one who removed the grant', async () => {
    await run();
    setPolicy('bob@acme.example');
    const deployed = { resource: shop.name, method: 'google.cloud.run.v1.Services.ReplaceService' };
    const [finding] = await run({ reason: 'event', actor: 'cid@acme.example', ...deployed });
    assert.equal(finding?.actor, 'bob@acme.example');
    assert.equal(asked.length, 1);
  });

  it('is not the actor of an event about another service', async () => {
    await run();
    world.policies.set(shop.name, policy());
    const other = { resource: service('us-central1').name, method };
    const [finding] = await run({ reason: 'event', actor: 'cid@acme.example', ...other });
    assert.equal(finding?.actor, undefined);
  });

  it('is the one who switched IAP on, by the backend on the path', async () => {
    let isOn = false;
    const off = backend([neg(shop)], { iapEnabled: false });
    world = buildMemoryWorld(() => inventory({ backends: [isOn ? backend([neg(shop)]) : off] }), {
      ledger,
      settings: { modes: { '*': 'observe' } },
    });
    await run();
    isOn = true;
    const patch = { resource: off.name, method: 'v1.compute.backendServices.patch' };
    const findings = await run({ reason: 'event', actor: 'ann@acme.example', ...patch });
    assert.deepEqual(
      findings.map(({ rule, actor }) => [rule, actor]),
      [['iap-invoker-missing', 'ann@acme.example']],
    );
  });

  it('is looked up by one query for all that a sweep finds, from the last run that ended well', async () => {
    await run();
    const lastRun = world.time;
    world.time += 3_600_000;
    setPolicy('bob@acme.example', 'allUsers', 'user:x@acme.example');
    const findings = await run();
    assert.equal(findings.length, 3);
    assert.deepEqual(
      findings.map(({ actor }) => actor),
      ['bob@acme.example', 'bob@acme.example', 'bob@acme.example'],
    );
    assert.deepEqual(asked, [{ project: 'acme-prod', since: lastRun }]);
  });

  it('stays known in later runs, without asking again', async () => {
    await run();
    setPolicy('bob@acme.example');
    await run();
    logged = [];
    const [finding] = await run();
    assert.equal(finding?.actor, 'bob@acme.example');
    assert.equal(asked.length, 1);
  });

  it('is asked of seven days at most, and not guessed where nobody has looked before', async () => {
    setPolicy('bob@acme.example');
    const [finding] = await run();
    assert.equal(asked[0]?.since, world.time - 7 * dayMs);
    assert.equal(finding?.actor, undefined);
  });

  it('is not guessed when the log had more than one page', async () => {
    await run();
    isWhole = false;
    setPolicy('bob@acme.example');
    assert.equal((await run())[0]?.actor, undefined);
  });

  it('costs an event no query where all was mended at once', async () => {
    world = buildMemoryWorld(inventory({ policies: [[shop, policy(grant(agent))]] }), { ledger });
    await run();
    setPolicy('bob@acme.example');
    assert.deepEqual(await run({ reason: 'event' }), []);
    assert.deepEqual(asked, [], 'mended, and nobody waits for a name');
  });

  for (const { title, skewMs } of [
    { title: 'although the log has our own grant by then', skewMs: 0 },
    { title: 'also where Google’s clock is a second behind', skewMs: -1000 },
  ]) {
    it(`is found of what a sweep mends at once, ${title}`, async () => {
      world = buildMemoryWorld(inventory({ policies: [[shop, policy(grant(agent))]] }), {
        ledger,
        settings: { slack: { channel: 'C0SECURITY' } },
        afterWrite({ time, policies }, { resource }) {
          const now = policies.get(resource) ?? {};
          const ours = { actor: 'sallyport@acme-ops.example', kind: 'run-policy', verb: 'SetIamPolicy' } as const;
          logged.push({ at: time + skewMs, ...ours, resource, policy: now, ...(now.etag ? { etag: now.etag } : {}) });
        },
      });
      await run();
      setPolicy('bob@acme.example');
      assert.deepEqual(await run(), []);
      assert.deepEqual(
        logged.map(({ actor }) => actor),
        ['bob@acme.example', 'sallyport@acme-ops.example'],
      );
      const id = findingNoticeId(buildFindingId('iap-invoker-missing', shop.name, agent), world.time);
      const content = (await ledger.findNotice(id))?.content;
      assert.equal(content?.kind === 'finding' && content.actor, 'bob@acme.example');
    });
  }

  it('fails no run when the log is refused: the finding says that nobody knows', async () => {
    await run();
    setPolicy('bob@acme.example');
    refusal = new AppError('read-denied', 'Reading the audit log failed: permission denied', { hint: 'a role' });
    const [finding] = await run();
    assert.equal(finding?.actor, undefined);
    assert.match(finding?.note ?? '', /^Who did it is not known: Reading the audit log failed/);
  });
});
