import type { ApprovedSteps } from '../approval/approved-steps.ts';
import { listContests } from '../contests.ts';
import type { Evaluation } from '../evaluate.ts';
import type { Inventory } from '../inventory.ts';
import type { ClientIds } from '../ledger.ts';
import type { Memory } from '../memory.ts';
import type { ReconcileKey, ReconcileOptions } from '../run.ts';
import { reachOf } from '../settings/scope.ts';
import type { World } from '../world.ts';
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
  const own = listOwnNames(key.project, inventory);
  return planChanges({
    findings: evaluation.findings,
    modes: options.modes ?? ['enforce'],
    approved: run.approved,
    capabilities,
    reach: (resource) => reachOf(resource, own, settings.scope),
    paused: settings.paused || (await ledger.isPaused()),
    holds: await ledger.holds(key.project, now),
    contested: options.confirmsContested ? new Set() : listContestedResources({ inventory, evaluation, memory }),
    budget: maxChanges === undefined ? Math.min(changesPerRun - spent, changesPerHour - done) : maxChanges - spent,
    openedAt: new Map(open.map(({ finding, openedAt }) => [finding.id, openedAt])),
    acceptedClientIds: clientIds.accepted,
    ...(shutsNothing ? {} : { removals: buildRemovalContext({ evaluation, inventory, seen, settings, now }) }),
  });
}

/** The project as the run was asked for it, and its id where that was by number. */
function listOwnNames(project: string, { projects }: Pick<Inventory, 'projects'>): readonly string[] {
  const byNumber = [...projects.values()].find(({ number }) => number === project);
  return byNumber ? [byNumber.name, project] : [project];
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
