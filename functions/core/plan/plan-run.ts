import type { Evaluation } from '../evaluate.ts';
import type { Inventory } from '../inventory.ts';
import type { ReconcileKey, ReconcileOptions } from '../run.ts';
import type { ClientIds, World } from '../world.ts';
import { type Plan, planChanges } from './plan.ts';
import { buildRemovalContext } from './removal-waits.ts';

const hourMs = 3_600_000;

export interface RunToPlan {
  readonly key: ReconcileKey;
  readonly inventory: Inventory;
  readonly evaluation: Evaluation;
  readonly clientIds: ClientIds;
  readonly options: ReconcileOptions;
}

/** The plan of one run: the findings, and what settings and ledger allow now. */
export async function planRun(run: RunToPlan, { ledger, clock, settings }: World): Promise<Plan> {
  const { key, inventory, evaluation, clientIds, options } = run;
  const { spent = 0, shutsNothing = false, maxChanges } = options;
  const now = clock.now();
  const lastHour = await ledger.changesSince(now - hourMs);
  const done = lastHour.filter((change) => change.result === undefined || change.result.outcome === 'applied').length;
  const { changesPerRun, changesPerHour } = settings.limits;
  const open = await ledger.openFindings(key.project);
  const seen = shutsNothing ? [] : await ledger.seenGrants(key.project);
  return planChanges({
    findings: evaluation.findings,
    modes: options.modes ?? ['enforce'],
    paused: settings.paused || (await ledger.isPaused()),
    holds: await ledger.holds(key.project, now),
    budget: maxChanges === undefined ? Math.min(changesPerRun - spent, changesPerHour - done) : maxChanges - spent,
    openedAt: new Map(open.map(({ finding, openedAt }) => [finding.id, openedAt])),
    acceptedClientIds: clientIds.accepted,
    ...(shutsNothing ? {} : { removals: buildRemovalContext({ evaluation, inventory, seen, settings, now }) }),
  });
}
