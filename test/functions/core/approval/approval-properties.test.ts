import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { decideApproval } from '../../../../functions/core/approval/decide-approval.ts';
import { listSteps } from '../../../../functions/core/approval/steps.ts';
import type { ChangeRequest } from '../../../../functions/core/change/change.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import { buildAlone } from '../../../../functions/core/plan/plan.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { AppError } from '../../../../functions/errors.ts';
import { arbitraryEstate } from '../../../support/arbitrary-estate.ts';
import { arbitraryPolicy } from '../../../support/arbitrary-policy.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';

const settings = {
  capabilities: ['grant-invoker', 'revoke-invoker', 'restrict-ingress', 'create-service-identity'],
  modes: { '*': 'approve' },
  timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
  limits: { changesPerRun: 1000, changesPerHour: 100_000 },
};

const round = fc.record({
  /** Which of the services somebody else changes between question and answer, and to what. */
  mutations: fc.array(fc.record({ at: fc.nat(3), to: arbitraryPolicy }), { maxLength: 2 }),
  answer: fc.constantFrom('yes', 'yes', 'yes', 'no', 'silence', 'old hash'),
  runBetween: fc.boolean(),
  minutes: fc.constantFrom(0, 1, 30, 26 * 60),
});

describe('approvals, over any estate', () => {
  it('never is a change made that is not in the list somebody said yes to, nor one that is not planned when it is made', async function () {
    this.timeout(90_000);
    let made = 0;
    let notPlanned = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryEstate, fc.array(round, { minLength: 1, maxLength: 4 }), async (estate, rounds) => {
        let world: MemoryWorld | undefined;
        let runs = 0;
        const ledger: Ledger = await openSqliteLedger(':memory:', () => world?.time ?? 0);
        try {
          world = buildMemoryWorld(estate, { ledger, settings });
          const present = world;
          const approved = new Set<string>();
          const names = [...estate.services.keys()];
          const run = async () => {
            present.time += 1000;
            runs += 1;
            const planned = await listPlanned(present);
            const before = present.changes.length;
            const key = { project: 'acme-prod', reason: 'sweep', runId: `r${runs}` } as const;
            await reconcile(key, present).catch((error: unknown) => {
              if (!(error instanceof AppError)) throw error;
            });
            for (const change of present.changes.slice(before)) {
              made += 1;
              for (const step of listSteps(change)) {
                assert.ok(approved.has(step), `made without a yes: ${step}`);
                assert.ok(planned.has(step), `made and not planned: ${step}`);
              }
            }
            notPlanned += [...approved].filter((step) => !planned.has(step)).length;
          };
          let last: string | undefined;
          for (const { mutations, answer, runBetween, minutes } of rounds) {
            await run();
            const [asked] = await ledger.approvals({ state: 'waiting' });
            for (const { at, to } of mutations) {
              const name = names[at % names.length];
              if (name) present.policies.set(name, { ...to, etag: `theirs-${present.time}-${at}` });
            }
            if (runBetween) await run();
            if (asked && answer !== 'silence') {
              const planHash = answer === 'old hash' ? (last ?? 'none') : asked.planHash;
              const said = { approvalId: asked.id, planHash, approved: answer !== 'no', by: 'ann' };
              const { outcome, approval } = await decideApproval(said, present);
              if (outcome === 'decided' && approval?.decision?.approved)
                for (const step of asked.changes.flatMap(({ change }) => listSteps(change))) approved.add(step);
              last = asked.planHash;
            }
            present.time += minutes * 60_000;
            await run();
          }
        } finally {
          await ledger.close();
        }
      }),
      { numRuns: 120, seed: 1 },
    );
    assert.ok(
      made > 80 && notPlanned > 50,
      `only ${made} made, ${notPlanned} approved and not planned: nothing is proven`,
    );
  });
});

/** What findings call for right now, judged afresh. */
async function listPlanned(world: MemoryWorld): Promise<ReadonlySet<string>> {
  const inventory = await world.reader.readProject('acme-prod');
  const { rejected } = await world.ledger.clientIds(world.time);
  const memory = { iapSeenOn: [], changes: [] };
  const { findings } = evaluate(inventory, {
    settings: world.settings,
    rejectedClientIds: rejected,
    now: world.time,
    memory,
  });
  const changes: readonly ChangeRequest[] = findings
    .filter(({ mode }) => mode === 'approve')
    .flatMap(({ fix }) => fix.actions.map(buildAlone));
  return new Set(changes.flatMap(listSteps));
}
