import type { Finding } from '../finding.ts';
import type { Approval } from '../people.ts';
import { buildAlone, isHeld, type Plan } from '../plan/plan.ts';
import type { PlannedChange } from '../plan/planned-change.ts';
import type { World } from '../world.ts';
import { isInForce, listApprovedSteps } from './approved-steps.ts';
import { closeApproved } from './close-approved.ts';
import { expireApproval } from './expire-approval.ts';
import { buildApprovalId, hashPlan } from './hash-plan.ts';
import { planApproval } from './plan-approval.ts';
import { listSteps } from './steps.ts';
import { tellApproval } from './tell-approval.ts';

export interface RunSeen {
  readonly project: string;
  readonly plan: Pick<Plan, 'asks'>;
  /** Open when the run ends, those that it could not judge included. */
  readonly findings: readonly Finding[];
  /** The kill switch is on: nobody is asked anything, and a question that waits stays as it is. */
  readonly paused: boolean;
}

/** How far back questions are looked at (ms), beside the time that they wait: no answer or silence counts for longer. */
const lookBackMs = 30 * 24 * 3_600_000;

/**
 * At the end of a run: approvals that have served are closed, and the one question of the project is what is planned and
 * nobody has said yes to. Another list ends the question before it.
 */
export async function keepQuestion(run: RunSeen, world: World): Promise<void> {
  const { ledger, clock, settings, log } = world;
  const { project, plan } = run;
  const now = clock.now();
  const since = now - lookBackMs - waitMs(world);
  const wanted = await listWanted(run, world);
  const lately: Approval[] = [];
  for (const one of await ledger.approvals({ project, since })) {
    lately.push(await closeApproved(await expireApproval(one, world), wanted, world));
  }
  if (run.paused) return;
  const approved = listApprovedSteps(lately.filter((one) => isInForce(one, now, log)));
  const open = new Set([...wanted].filter((step) => !approved.has(step)));
  const waiting = lately.find(({ state }) => state === 'waiting');
  const changes = planApproval({
    asks: plan.asks.filter(({ change }) => listSteps(change).every((step) => open.has(step))),
    wanted: open,
    waiting,
    ended: lately,
    now,
    limit: settings.limits.changesPerRun,
  });
  if (changes.length > 0) await ask(changes, run, world);
  else if (waiting) await ledger.supersedeApprovals(project);
  const ended = waiting && (await ledger.findApproval(waiting.id));
  if (ended && ended.state !== 'waiting') await tellApproval(ended, world);
}

async function ask(changes: readonly PlannedChange[], { project }: RunSeen, world: World): Promise<void> {
  const askedAt = world.clock.now();
  const planHash = hashPlan(changes);
  const expiresAt = askedAt + waitMs(world);
  const id = buildApprovalId(planHash, askedAt);
  const question: Approval = { id, project, planHash, changes, askedAt, expiresAt, state: 'waiting' };
  const { approval, isNew } = await world.ledger.askApproval(question);
  if (isNew) world.log.warn('approval asked for', { approvalId: id, project, changes: changes.length, expiresAt });
  await tellApproval(approval, world);
}

function waitMs({ settings }: World): number {
  return Math.round(settings.approval.expiresHours * 3_600_000);
}

/** Steps that open findings call for: of fixable ones that are not only told of, without what is on hold. */
async function listWanted({ project, findings }: RunSeen, { ledger, clock }: World): Promise<ReadonlySet<string>> {
  const holds = await ledger.holds(project, clock.now());
  const actions = findings
    .filter(({ mode }) => mode !== 'observe')
    .flatMap(({ fix }) => fix.actions)
    .filter((action) => !holds.some((hold) => isHeld(hold, action)));
  return new Set(actions.flatMap((action) => listSteps(buildAlone(action))));
}
