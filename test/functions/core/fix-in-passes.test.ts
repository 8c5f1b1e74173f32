import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { fixInPasses, type PassOptions } from '../../../functions/core/fix-in-passes.ts';
import type { Inventory } from '../../../functions/core/inventory.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import { AppError } from '../../../functions/errors.ts';
import { agent, grant, inventory, policy, service } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryOptions, type MemoryWorld } from '../../support/memory-world.ts';

const all = ['grant-invoker', 'revoke-invoker', 'restrict-ingress', 'create-service-identity'];
const shop = service();
const open = service('europe-west1', { ingress: 'all', labels: { 'sallyport-iap': 'allow' } });
const modes = ['enforce', 'approve'] as const;
const minute = 60_000;

describe('fix in two passes', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
  });
  afterEach(() => ledger.close());

  const build = (estate: Inventory, options: Omit<MemoryOptions, 'ledger'> = {}) => {
    world = buildMemoryWorld(estate, { ledger, settings: { capabilities: all }, ...options });
  };
  const fix = (options: PassOptions = {}) => {
    runs += 1;
    world.time += 1000;
    return fixInPasses({ project: 'acme-prod', reason: 'manual', runId: `fix-${runs}` }, world, { modes, ...options });
  };
  const whys = ({ left }: Awaited<ReturnType<typeof fix>>) => left.map(({ finding, why }) => [finding.rule, why]);
  const members = () => (world.policies.get(shop.name)?.bindings ?? []).flatMap((binding) => binding.members ?? []);
  const kinds = () => world.changes.map(({ capability }) => capability);

  it('grants first, and takes the public out once the grant holds everywhere, saying until when it waits', async () => {
    build(inventory({ policies: [[shop, policy(grant('allUsers'))]] }));
    const first = await fix();
    assert.deepEqual(members(), ['allUsers', agent]);
    assert.deepEqual(whys(first), [['public-invoker', 'grant-too-young']]);
    const until = first.left[0]?.until ?? 0;
    assert.ok(until > world.time + 9 * minute && until <= world.time + 10 * minute);
    world.time = until - 2000;
    assert.deepEqual(whys(await fix()), [['public-invoker', 'grant-too-young']]);
    world.time = until;
    const last = await fix();
    assert.deepEqual([members(), last.findings, last.outcome], [[agent], [], 'fixed']);
  });

  it('starts to count again when the grant was gone in between', async () => {
    build(inventory({ policies: [[shop, policy(grant('allUsers', agent))]] }));
    await fix();
    world.policies.set(shop.name, { ...policy(grant('allUsers')), etag: 'theirs' });
    world.time += 11 * minute;
    assert.deepEqual(whys(await fix()), [['public-invoker', 'grant-too-young']]);
    assert.ok(members().includes('allUsers'));
  });

  it('judges the live policy when it writes: a grant that goes away at the last moment stops the revoke', async () => {
    build(inventory({ policies: [[shop, policy(grant('allUsers', agent))]] }), {
      beforeWrite(one, { capability }) {
        if (capability === 'revoke-invoker') one.policies.set(shop.name, { ...policy(grant('allUsers')), etag: 'x' });
      },
    });
    await fix();
    world.time += 11 * minute;
    await assert.rejects(fix(), { code: 'grant-before-revoke' });
    assert.deepEqual(members(), ['allUsers']);
  });

  it('takes people out of the very bindings that hold them, conditional or not, and leaves all else', async () => {
    const condition = { title: 'day', expression: 'request.time.getHours() < 18' };
    const bindings = [
      grant(agent, 'user:ann@acme.example', 'serviceAccount:ci@acme-prod.iam.gserviceaccount.com'),
      { ...grant('user:ann@acme.example', 'user:bob@acme.example'), condition },
      { role: 'roles/run.admin', members: ['user:ann@acme.example'] },
    ];
    build(inventory({ policies: [[shop, { ...policy(...bindings), version: 3 }]] }));
    await fix();
    world.time += 11 * minute;
    const { findings, changes } = await fix();
    assert.deepEqual(findings, []);
    assert.equal(changes.length, 3);
    assert.deepEqual(world.policies.get(shop.name)?.bindings, [
      grant(agent, 'serviceAccount:ci@acme-prod.iam.gserviceaccount.com'),
      { role: 'roles/run.admin', members: ['user:ann@acme.example'] },
    ]);
  });

  it('restricts an open ingress once IAP can get in by the balancer', async () => {
    build(inventory({ services: [open] }));
    await fix();
    assert.deepEqual(kinds(), ['grant-invoker']);
    world.time += 11 * minute;
    const { findings } = await fix();
    assert.deepEqual(findings, []);
    assert.equal(world.services.get(open.name)?.ingress, 'internal-and-cloud-load-balancing');
  });

  it('never touches what is inherited: the finding stays, is observed, and its hint names the ancestor', async () => {
    const above = '//cloudresourcemanager.googleapis.com/projects/acme-prod';
    build(
      inventory({
        policies: [
          [shop, policy(grant(agent, 'allUsers'))],
          [above, policy(grant('allUsers'))],
        ],
      }),
    );
    await fix();
    world.time += 11 * minute;
    const { findings } = await fix();
    const [left] = findings.filter(({ rule }) => rule === 'public-invoker');
    assert.deepEqual([left?.mode, left?.hint.includes(above), left?.fix.actions], ['observe', true, []]);
    assert.deepEqual(world.policies.get(above), policy(grant('allUsers')));
    assert.deepEqual(members(), [agent]);
  });

  it('changes nothing but grants where the other capabilities are off, and reads the project once', async () => {
    build(inventory({ services: [open], policies: [[open, policy(grant('allUsers'))]] }), { settings: {} });
    let reads = 0;
    const { readProject } = world.reader;
    Object.assign(world.reader, {
      readProject(name: string) {
        reads += 1;
        return readProject(name);
      },
    });
    await fix();
    world.time += 11 * minute;
    const { left, findings } = await fix();
    assert.deepEqual(kinds(), ['grant-invoker']);
    assert.equal(reads, 2);
    assert.deepEqual(new Set(left.map(({ why }) => why)), new Set(['capability-off']));
    for (const { mode, fix: cure } of findings) {
      assert.equal(mode, 'approve');
      assert.ok(cure.gcloud.length > 0);
    }
  });

  it('asks for each pass by itself, and makes no second one after a no', async () => {
    build(inventory({ policies: [[shop, policy(grant('allUsers', agent))]] }));
    await fix();
    world.time += 11 * minute;
    const asked: number[] = [];
    const other = service('us-central1');
    const more = inventory({ services: [shop, other] });
    build(more);
    world.policies.set(shop.name, policy(grant('allUsers', agent)));
    await fix({ confirm: async ({ changes }) => asked.push(changes.length) < 0 });
    assert.deepEqual([asked, world.changes], [[1], []]);
  });

  it('above the limit grants go on, oldest first, and nothing is shut at all', async () => {
    const many = Array.from({ length: 4 }, (_, at) => service('europe-west1', { service: `s${at}` }));
    const settings = {
      capabilities: all,
      limits: { changesPerRun: 3 },
      timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
    };
    const open = policy(grant(agent, 'allUsers'));
    build(inventory({ services: many, policies: many.map((one) => [one, open] as const) }), { settings });
    const stopped = await fix();
    assert.deepEqual([world.changes, new Set(stopped.left.map(({ why }) => why))], [[], new Set(['limit-reached'])]);
    world.policies.set(many[0]?.name ?? '', policy(grant('allUsers')));
    await fix();
    assert.deepEqual(kinds(), ['grant-invoker']);
    const [, , ...rest] = many;
    for (const one of rest) world.policies.set(one.name, policy(grant(agent)));
    await fix();
    await fix();
    assert.deepEqual(kinds(), ['grant-invoker', 'revoke-invoker', 'revoke-invoker']);
  });

  it('counts the first pass towards the limit of the run', async () => {
    const two = service('us-central1');
    const settings = {
      capabilities: all,
      limits: { changesPerRun: 1 },
      timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
    };
    build(inventory({ services: [shop, two], policies: [[two, policy(grant(agent, 'allUsers'))]] }), { settings });
    await fix();
    assert.deepEqual(kinds(), ['grant-invoker']);
    await fix();
    assert.deepEqual(kinds(), ['grant-invoker', 'revoke-invoker']);
  });

  it('shuts nothing in a run in which a grant has failed', async () => {
    const two = service('us-central1');
    build(inventory({ services: [shop, two], policies: [[two, policy(grant(agent, 'allUsers'))]] }), {
      settings: { capabilities: all, timing: { propagationSeconds: 0, removalSettleSeconds: 0 } },
      failNext: [new AppError('write-failed', 'HTTP 503')],
    });
    const key = { project: 'acme-prod', reason: 'manual', runId: 'one' } as const;
    await assert.rejects(reconcile(key, world, { modes }), { code: 'write-failed' });
    assert.deepEqual(kinds(), []);
  });

  it('creates IAP’s agent where IAM does not know it, then grants', async () => {
    build(inventory({}), { unknownMembers: [agent] });
    await assert.rejects(fix(), { code: 'principal-does-not-exist' });
    const found = await ledger.openFindings('acme-prod');
    assert.ok(found.some(({ finding }) => finding.rule === 'iap-service-agent-missing'));
    const { outcome } = await fix();
    assert.deepEqual([outcome, kinds()], ['fixed', ['create-service-identity', 'grant-invoker']]);
    assert.deepEqual(members(), [agent]);
  });

  it('says whom to ask where Google lets us create no agent', async () => {
    build(inventory({}), { unknownMembers: [agent], refusesIdentities: true });
    await assert.rejects(fix(), { code: 'principal-does-not-exist' });
    await assert.rejects(fix(), { code: 'principal-does-not-exist' });
    const found = await ledger.openFindings('acme-prod');
    const [missing] = found.filter(({ finding }) => finding.rule === 'iap-service-agent-missing');
    assert.match(
      missing?.finding.note ?? '',
      /Ask an administrator to run: gcloud beta services identity create --service=iap\.googleapis\.com --project=acme-prod/,
    );
  });

  it('leaves alone for 24 h what was undone', async () => {
    build(inventory({ services: [open] }));
    await fix();
    world.time += 11 * minute;
    const { changes } = await fix();
    await undoChange(changes[0]?.id ?? '', 'undo-1', world);
    assert.equal(world.services.get(open.name)?.ingress, 'all');
    world.time += 11 * minute;
    assert.deepEqual(whys(await fix()), [['run-url-bypass', 'on-hold']]);
    world.time += 24 * 60 * minute;
    await fix();
    assert.equal(world.services.get(open.name)?.ingress, 'internal-and-cloud-load-balancing');
  });

  it('writes nothing of any kind while paused', async () => {
    build(inventory({ services: [open], policies: [[open, policy(grant(agent, 'allUsers'))]] }));
    await fix();
    world.time += 11 * minute;
    await ledger.setPaused(true, { who: 'ann', why: 'release freeze' });
    assert.deepEqual(new Set((await fix()).left.map(({ why }) => why)), new Set(['paused']));
    await ledger.setPaused(false);
    await assert.rejects(fix({ confirm: () => ledger.setPaused(true).then(() => true) }), { code: 'paused' });
    assert.deepEqual(kinds(), []);
  });
});
