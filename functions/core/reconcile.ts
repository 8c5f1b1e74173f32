import { hashSettings } from '../config.ts';
import { AppError } from '../errors.ts';
import { leaseMs } from './apply/apply-change.ts';
import { applyPlan } from './apply/apply-plan.ts';
import { closeOpenIntents } from './apply/close-intents.ts';
import { keepUnjudged } from './apply/keep-unjudged.ts';
import { lookAgain } from './apply/look-again.ts';
import { listRefusedAgents } from './apply/refused-agents.ts';
import { assertNothingTransient, outcomeOf } from './apply/run-outcome.ts';
import { listApprovedSteps, readApproved } from './approval/approved-steps.ts';
import { keepQuestion } from './approval/keep-question.ts';
import { attributeFresh } from './attribution/attribute-findings.ts';
import type { Change } from './change/change.ts';
import { concernsPushes } from './estate/concerns-pushes.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { compareFindings, type Finding } from './finding.ts';
import type { Inventory } from './inventory.ts';
import { listSeenIap, readMemory } from './memory.ts';
import type { Plan } from './plan/plan.ts';
import { planRun } from './plan/plan-run.ts';
import { listOwnGrants } from './plan/removal-waits.ts';
import { readProject } from './read-project.ts';
import type { ReconcileKey, ReconcileOptions, ReconcileResult } from './run.ts';
import { reviewExemptions } from './settings/review-exemptions.ts';
import { tellOfExemptions } from './tell/tell-of-exemptions.ts';
import { tellOfRun } from './tell/tell-of-run.ts';
import type { World } from './world.ts';

/**
 * The one loop that every door ends in: read the project, evaluate, plan, write what may be written, record. Twice is
 * once: a second run finds nothing to write. Throws a transient AppError when a retry can help.
 */
export async function reconcile(
  key: ReconcileKey,
  world: World,
  options: ReconcileOptions = {},
): Promise<ReconcileResult> {
  const { ledger, clock, log } = world;
  const startedAt = clock.now();
  if (!(await ledger.acquireLease(key.project, key.runId, leaseMs, key.task))) {
    throw new AppError('project-busy', `Another run is at work on ${key.project}; this one comes back later.`);
  }
  try {
    const result = await runOnce(key, world, options);
    await record(result.outcome, result);
    return result;
  } catch (error) {
    if (error instanceof AppError) await record('failed', undefined, error.code);
    throw error;
  } finally {
    await ledger.releaseLease(key.project, key.runId);
  }

  async function record(outcome: string, result?: ReconcileResult, error?: string): Promise<void> {
    const run = {
      id: key.runId,
      project: key.project,
      reason: key.reason,
      startedAt,
      endedAt: clock.now(),
      outcome,
      settingsHash: hashSettings(world.settings),
      findings: result?.findings.length ?? 0,
      changes: result?.changes.filter((change) => change.result?.outcome === 'applied').length ?? 0,
    };
    await ledger.recordRun(error === undefined ? run : { ...run, error });
    log.info('project reconciled', { ...run, eventId: key.eventId, actor: key.actor, error });
  }
}

async function runOnce(key: ReconcileKey, world: World, options: ReconcileOptions): Promise<ReconcileResult> {
  const { ledger, clock, settings } = world;
  await closeOpenIntents(key.project, world);
  const memory = await readMemory(key.project, ledger, clock.now());
  // A few calls for each IAP backend: too many for a single event (DESIGN 11), unless it is about pushes.
  const isWide =
    key.reason === 'sweep' ||
    key.reason === 'manual' ||
    key.reason === 'approval' ||
    concernsPushes(key.resource ?? '');
  const inventory = await readProject(key.project, world, { isWide, iapSeenOn: memory.iapSeenOn });
  const clientIds = await ledger.clientIds(clock.now());
  const looking = (ours: readonly Change[]) => ({
    settings,
    rejectedClientIds: clientIds.rejected,
    now: clock.now(),
    refusedAgents: listRefusedAgents([...ours.toReversed(), ...memory.changes]),
    memory,
  });
  const evaluation = evaluate(inventory, looking([]));
  const onPath = new Set(evaluation.paths.map(({ service }) => service.name));
  await Promise.all([
    ledger.recordOnPath(key.project, [...onPath], clock.now()),
    ledger.recordIapOn(key.project, listSeenIap(inventory.backends), clock.now()),
    keepSeenGrants(key.project, evaluation, inventory, world),
  ]);
  const approved = listApprovedSteps(await readApproved(key.project, world));
  const plan = await planRun({ key, inventory, evaluation, clientIds, options, approved, memory }, world);
  const confirmed = plan.changes.length > 0 && (!options.confirm || (await options.confirm(plan, evaluation)));
  const applied = confirmed
    ? await applyPlan(plan, { key, inventory, evaluation, clientIds, approved }, world)
    : { changes: [], settled: new Set<string>(), refusedClientIds: [] };

  const { changes } = applied;
  const second = lookAgain(inventory, { changes, evaluation, options: looking(changes) });
  const open = await ledger.openFindings(key.project);
  const still = [...second.findings, ...keepUnjudged(open, evaluation)].filter(({ id }) => !applied.settled.has(id));
  const attribute = await attributeFresh(
    { key, inventory, open, found: evaluation.findings, still, ours: changes },
    world,
  );
  const findings = still.map(attribute).sort(compareFindings);
  warnOfLimit(plan, key, world);
  const exempt = new Set(evaluation.exempt.map(({ finding }) => finding.id));
  const { opened, resolved } = await ledger.saveFindings(key.project, findings, clock.now(), exempt);
  // A grant made just now counts from now, also where an earlier one was lost in between.
  if (changes.length > 0) await keepSeenGrants(key.project, evaluation, second.inventory, world);
  for (const finding of opened) world.log.warn('finding opened', describeFinding(finding, key));
  for (const finding of resolved) {
    const ended = exempt.has(finding.id) ? 'finding exempt' : 'finding resolved';
    world.log.info(ended, describeFinding(finding, key));
  }
  const { project, runId, actor } = key;
  const found = evaluation.findings.map(attribute);
  await tellOfRun({ project, runId, ...(actor ? { actor } : {}), found, resolved, left: plan.left }, world);
  const { ending } = reviewExemptions({
    exemptions: settings.exemptions,
    evaluation,
    projects: [project],
    now: clock.now(),
  });
  await tellOfExemptions(project, ending, world);
  // Where a person sees the plan, nobody else has to be asked.
  if (!options.modes?.includes('approve')) {
    const paused = settings.paused || (await ledger.isPaused());
    await keepQuestion({ project: key.project, plan, findings, paused }, world);
  }
  assertNothingTransient(changes);
  return {
    outcome: outcomeOf(changes, findings, evaluation, plan.left),
    project: key.project,
    findings,
    changes,
    refusedClientIds: applied.refusedClientIds,
    left: plan.left.filter(({ finding }) => !applied.settled.has(finding.id)),
    elsewhere: plan.elsewhere,
    unreadable: evaluation.unreadable,
    notEvaluated: evaluation.notEvaluated,
  };
}

/** Since when IAP's grants are there matters only where something may be shut some day. */
async function keepSeenGrants(
  project: string,
  { wanted }: Evaluation,
  { policies }: Inventory,
  { ledger, clock, settings }: World,
): Promise<void> {
  if (!settings.capabilities.some((one) => one === 'revoke-invoker' || one === 'restrict-ingress')) return;
  await ledger.saveSeenGrants(project, listOwnGrants(wanted, policies), clock.now());
}

/** Above the limits people are asked, by name, for the rest (DESIGN 6.5). */
function warnOfLimit({ left }: Plan, { project, runId }: ReconcileKey, { log }: World): void {
  const rest = left.filter(({ why }) => why === 'limit-reached').map(({ finding }) => finding);
  if (rest.length === 0) return;
  const named = rest.map(({ resource, subject }) => `${resource} ${subject}`);
  log.error('limit of changes reached', { code: 'limit-reached', project, runId, rest: named });
}

function describeFinding(finding: Finding, key: ReconcileKey): Record<string, unknown> {
  const { id, rule, severity, mode, resource, subject } = finding;
  return {
    findingId: id,
    rule,
    findingSeverity: severity,
    mode,
    resource,
    subject,
    actor: finding.actor,
    eventId: key.eventId,
  };
}
