import type { ApprovedSteps } from '../approval/approved-steps.ts';
import { listContests } from '../contests.ts';
import type { Evaluation } from '../evaluate.ts';
import type { Inventory } from '../inventory.ts';
import type { Memory } from '../memory.ts';
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
  readonly approved: ApprovedSteps;
  readonly memory: Memory;
}

/** The plan of one run: the findings, and what settings and ledger allow now. */
export async function planRun(run: RunToPlan, { ledger, clock, settings, capabilities }: World): Promise<Plan> {
  const { key, inventory, evaluation, clientIds, options, memory } = run;
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
    approved: run.approved,
    capabilities,
    paused: settings.paused || (await ledger.isPaused()),
    holds: await ledger.holds(key.project, now),
    contested: options.confirmsContested ? new Set() : listContestedResources({ inventory, evaluation, memory }),
    budget: maxChanges === undefined ? Math.min(changesPerRun - spent, changesPerHour - done) : maxChanges - spent,
    openedAt: new Map(open.map(({ finding, openedAt }) => [finding.id, openedAt])),
    acceptedClientIds: clientIds.accepted,
    ...(shutsNothing ? {} : { removals: buildRemovalContext({ evaluation, inventory, seen, settings, now }) }),
  });
}

/** What others keep undoing is left alone whole, until a person confirms it by name (DESIGN 6.6). */
function listContestedResources({
  inventory,
  evaluation,
  memory,
}: Pick<RunToPlan, 'inventory' | 'evaluation' | 'memory'>): ReadonlySet<string> {
  const contests = listContests({ inventory, wanted: evaluation.wanted, changes: memory.changes });
  return new Set(contests.map(({ service }) => service.name));
}
