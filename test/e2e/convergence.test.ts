import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openStage, type Stage } from '../../cli/story/stage.ts';
import { agent } from '../support/estate.ts';
import { type Deed, type Fate, type Lab, labRegions, type Mishap, openLab } from '../support/event-lab.ts';

const region = fc.constantFrom(...labRegions);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant('iap' as const), on: fc.boolean() }),
  fc.record({ kind: fc.constant('region' as const), region, behind: fc.boolean() }),
  fc.record({ kind: fc.constant('deny' as const), region, denied: fc.boolean() }),
  fc.record({ kind: fc.constant('ungrant' as const), region }),
  fc.record({
    kind: fc.constant('foreign' as const),
    region,
    member: fc.constantFrom('user:ann@acme.example', 'group:ops@acme.example', agent.replace('111', '999')),
  }),
);
/** Lost, on time, late, twice: with delays of up to a minute, events also overtake one another. */
const fate: fc.Arbitrary<Fate> = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 3 });
const mishap: fc.Arbitrary<Mishap> = fc.constantFrom(undefined, undefined, 'refused' as const, 'died' as const);
const pause = fc.integer({ min: 0, max: 90_000 });
/** The first deed makes the rest matter; more than two removals in one region would be a quarrel with somebody. */
const deeds = fc
  .array(fc.tuple(deed, pause), { maxLength: 10 })
  .filter((all) => labRegions.every((one) => countRemovals(all, one) <= 2))
  .map((all): (readonly [Deed, number])[] => [[{ kind: 'iap', on: true }, 0], ...all]);
const fates = fc.array(fate, { maxLength: 25 });
const mishaps = fc.array(mishap, { maxLength: 6 });

function countRemovals(all: readonly (readonly [Deed, number])[], at: string): number {
  return all.filter(([one]) => one.kind === 'ungrant' && one.region === at).length;
}

describe('whatever happens to events, the same end', () => {
  it('deeds, then events shuffled, doubled and dropped, then a sweep: the same as a sweep alone', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fates, mishaps, async (all, fates, mishaps) => {
        const lost = await play({ all, fates: Array.from({ length: 50 }, () => []), mishaps: [], together: true });
        const found = await play({ all, fates, mishaps, together: true });
        assert.deepEqual(found.end(), lost.end());
        await Promise.all([lost.close(), found.close()]);
      }),
      { numRuns: 400 },
    );
  });

  it('deeds while events and tasks are under way, then a sweep: what is wanted is open, and nothing else was touched', async () => {
    let writes = 0;
    await fc.assert(
      fc.asyncProperty(deeds, fates, mishaps, async (all, fates, mishaps) => {
        const lab = await play({ all, fates, mishaps, together: false });
        for (const one of labRegions) {
          const invokers = lab.invokers(one);
          if (lab.isWanted(one)) assert.deepEqual(invokers, [agent], one);
          else assert.deepEqual([...new Set([...invokers, agent])], [agent], `${one}: nobody but IAP was let in`);
          assert.deepEqual(foreignOf(lab, one), expectedForeign(all, one));
        }
        const alerts = lab.world.lines.filter(({ fields }) => fields['code'] === 'foreign-own-write');
        assert.deepEqual(alerts, [], 'no write of ours was taken for somebody else’s');
        assert.deepEqual(await lab.world.ledger.openIntents('acme-prod'), []);

        const before = lab.world.writes.length;
        writes += before;
        await lab.sweep();
        assert.equal(lab.world.writes.length, before, 'a second sweep writes nothing');
        await lab.close();
      }),
      { numRuns: 400 },
    );
    assert.ok(writes > 400, 'there was something to do');
  });

  it('holds for the real functions in the local Google Cloud too', async () => {
    const stage = await openStage({ seed: 47 });
    try {
      await playForReal(stage);
    } finally {
      await stage.stop();
    }
  });
});

interface Play {
  readonly all: readonly (readonly [Deed, number])[];
  readonly fates: readonly Fate[];
  readonly mishaps: readonly Mishap[];
  /** All deeds are done before the first event arrives. */
  readonly together: boolean;
}

async function play({ all, fates, mishaps, together }: Play): Promise<Lab> {
  const afterAll = fates.map((one) => one.map((delay) => delay + 1));
  const lab = await openLab(together ? afterAll : fates, mishaps);
  for (const [deed, pauseMs] of all) await lab.act(deed, together ? 0 : pauseMs);
  await lab.settle();
  await lab.sweep();
  return lab;
}

function foreignOf(lab: Lab, one: string): readonly string[] {
  return (lab.end()[one]?.bindings ?? [])
    .filter(({ condition }) => condition)
    .flatMap(({ members }) => [...(members ?? [])]);
}

function expectedForeign(all: readonly (readonly [Deed, number])[], one: string): readonly string[] {
  return all.flatMap(([deed]) => (deed.kind === 'foreign' && deed.region === one ? [deed.member] : []));
}

async function playForReal({ admin, deployment, estate, sandbox, visit }: Stage): Promise<void> {
  const { faults } = deployment.delivery;
  const [first, second] = estate.regions;
  const all = [first, second, estate.thirdRegion];
  faults.next('duplicate');
  faults.next('delay');
  await admin.switchIapOn();
  faults.next('reorder');
  await admin.addRegion(estate.thirdRegion);
  faults.next('duplicate', 2);
  await admin.deployRevision(second);
  await deployment.idle();

  faults.next('drop');
  await admin.removeGrants(first);
  faults.next('delay', 2);
  faults.next('duplicate', 2);
  await admin.removeGrants(second);
  await deployment.idle();
  await deployment.sweep();
  await deployment.idle();
  for (const region of all) {
    assert.deepEqual(await admin.invokers(region), [estate.iapAgent]);
    assert.equal(await visit(region), 200);
  }

  const seen = sandbox.requestLog.rows.length;
  assert.equal(Object((await deployment.sweep()).body).outcome, 'clean');
  await deployment.idle();
  const later = sandbox.requestLog.rows.slice(seen);
  assert.deepEqual(
    later.filter(({ method = '' }) => method.endsWith('.setIamPolicy')),
    [],
    'a second sweep writes nothing',
  );
}
