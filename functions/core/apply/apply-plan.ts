import pLimit from 'p-limit';
import type { ApprovedSteps } from '../approval/approved-steps.ts';
import { type Change, isPolicyEdit, type PolicyRead, shutsDoor } from '../change/change.ts';
import type { Evaluation } from '../evaluate.ts';
import type { Inventory } from '../inventory.ts';
import type { ClientIds } from '../ledger.ts';
import { clientIdOf } from '../plan/group-grants.ts';
import { type Plan, planChanges } from '../plan/plan.ts';
import type { PlannedChange } from '../plan/planned-change.ts';
import type { ReconcileKey } from '../run.ts';
import type { World } from '../world.ts';
import { applyChange } from './apply-change.ts';

export interface Applied {
  readonly changes: readonly Change[];
  /** Findings that are no longer true: granted, there already, or about a client ID that IAM refuses. What a removal settles, a second look at the estate tells. */
  readonly settled: ReadonlySet<string>;
  /** Client IDs that were tried and refused. */
  readonly refusedClientIds: readonly string[];
}

export interface ApplyInput {
  readonly key: ReconcileKey;
  readonly inventory: Inventory;
  readonly evaluation: Evaluation;
  readonly clientIds: ClientIds;
  /** What people have said yes to. */
  readonly approved: ApprovedSteps;
}

/** Writes in flight at once: Cloud Run's write quota is per region and minute, so more would only wait there. */
const writesAtOnce = 16;
const rejectionMs = 30 * 24 * 3_600_000;

/**
 * Carries out a plan: first service agents that are to be created, then all grants that are known to work, then client
 * IDs on trial, then, where a trial was taken, the other services that wait for the same client ID. What shuts a door comes
 * last, and not at all once something has failed. Every write goes through `applyChange`.
 */
export async function applyPlan(plan: Plan, input: ApplyInput, world: World): Promise<Applied> {
  const { key, inventory } = input;
  const changes: Change[] = [];
  const settled = new Set<string>();
  const refusedClientIds: string[] = [];
  const accepted = new Set(input.clientIds.accepted);
  const latest = new Map<string, PolicyRead>();
  let serial = 0;

  const opening = oldestFirst(plan.changes.filter(({ change }) => !shutsDoor(change)));
  await applyAll(opening.filter(({ change }) => change.kind === 'service-identity'));
  await applyAll(opening.filter(({ change, trial }) => change.kind !== 'service-identity' && !trial));
  await applyAll(opening.filter(({ trial }) => trial));
  const waiting = plan.left.filter(({ why }) => why === 'client-id-on-trial').map(({ finding }) => finding);
  const budget = plan.budget - changes.length;
  const follow = planChanges({
    findings: waiting.filter(({ id }) => !settled.has(id)),
    modes: ['enforce', 'approve'],
    approved: input.approved,
    paused: false,
    holds: [],
    budget,
    openedAt: new Map(),
    acceptedClientIds: accepted,
  });
  await applyAll(follow.changes.filter(({ trial }) => !trial));
  if (changes.every(({ result }) => result?.outcome !== 'failed')) await shutAll();
  return { changes, settled, refusedClientIds };

  /** One after the other on each resource: they would only contend for its etag. */
  async function shutAll(): Promise<void> {
    const shutting = plan.changes.filter(({ change }) => shutsDoor(change));
    const resources = [...new Set(shutting.map(({ change }) => change.resource))];
    await inParallel(resources, async (resource) => {
      for (const one of shutting.filter(({ change }) => change.resource === resource)) changes.push(await write(one));
    });
  }

  async function applyAll(planned: readonly PlannedChange[]): Promise<void> {
    await inParallel(planned, applyOne);
  }

  async function applyOne(planned: PlannedChange): Promise<void> {
    const { change } = planned;
    const done = await write(planned);
    const members = isPolicyEdit(change) ? change.members : [];
    // One bad member must not block the others on the resource: each is tried alone.
    if (done.result?.code === 'principal-does-not-exist' && isPolicyEdit(change) && members.length > 1) {
      for (const member of members) {
        await applyOne({
          ...planned,
          change: { ...change, members: [member] },
          findingIds: findingsOf(planned, member),
        });
      }
      return;
    }
    const clientIds = members.map(clientIdOf).filter((id) => !id.includes('@'));
    if (done.result?.code === 'principal-does-not-exist' && clientIds.length > 0) {
      await rejectClientIds(clientIds);
      return;
    }
    changes.push(done);
    // What a region accepts is half the way: the push still sends the other audience.
    if (done.result?.outcome === 'failed' || change.kind === 'custom-audience') return;
    for (const id of planned.findingIds) settled.add(id);
    for (const id of clientIds) {
      accepted.add(id);
      await world.ledger.acceptClientId(id);
    }
  }

  async function rejectClientIds(clientIds: readonly string[]): Promise<void> {
    for (const id of clientIds) {
      refusedClientIds.push(id);
      await world.ledger.rejectClientId(id, world.clock.now() + rejectionMs);
      world.log.info('client id is no principal for IAM; the service agent alone is used', { clientId: id, days: 30 });
      for (const finding of input.evaluation.findings) {
        if (clientIdOf(finding.subject) === id && finding.rule === 'iap-invoker-missing') settled.add(finding.id);
      }
    }
  }

  async function write({ change, findingIds, approval }: PlannedChange): Promise<Change> {
    serial += 1;
    const changeId = `${key.runId}-${serial}`;
    // What shuts a door is judged by a read of its own, not by what the plan was made from.
    const base = shutsDoor(change) ? undefined : (latest.get(change.resource) ?? baseOf(change.resource, inventory));
    const done = await applyChange(
      change,
      { project: key.project, runId: key.runId, changeId, findingIds, approval, by: key.by, base },
      world,
    );
    // A second write on the same resource starts from what the first one left, not from the read before it.
    if (done.result?.after) latest.set(change.resource, { policy: done.result.after, readAt: world.clock.now() });
    return done;
  }

  /** By their reads: a write may be based on a read for a few seconds only, and a thousand writes take longer than that. */
  function oldestFirst(planned: readonly PlannedChange[]): readonly PlannedChange[] {
    const readAt = ({ change }: PlannedChange) => inventory.policyReadAt?.get(change.resource) ?? 0;
    return [...planned].sort((a, b) => readAt(a) - readAt(b));
  }

  function findingsOf({ findingIds }: PlannedChange, member: string): readonly string[] {
    return input.evaluation.findings
      .filter(({ id, subject }) => findingIds.includes(id) && subject === member)
      .map(({ id }) => id);
  }
}

/** All come to an end before anything is thrown: no write may outlive the lease. */
async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const limit = pLimit(writesAtOnce);
  const ends = await Promise.allSettled(all.map((one) => limit(() => work(one))));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

function baseOf(resource: string, { policies, policyReadAt }: Inventory): PolicyRead | undefined {
  const policy = policies.get(resource);
  const readAt = policyReadAt?.get(resource);
  return policy && readAt !== undefined ? { policy, readAt } : undefined;
}
