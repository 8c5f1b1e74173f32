import { buildGrantUndo } from '../actions/grant-invoker.ts';
import { AppError, TerminalError } from '../errors.ts';
import { applyChange, leaseMs } from './apply-change.ts';
import type { Policy } from './inventory.ts';
import { hasMember, isUnconditional } from './policy-edit.ts';
import type { Change, World } from './world.ts';

const holdMs = 24 * 3_600_000;

/**
 * Takes back exactly what one change of ours did (DESIGN 6.10), and holds it for 24 h so that `enforce` does not do it
 * again at once. Throws `undo-not-possible` for a change that is unknown, was not applied or is undone already, and
 * `undo-changed-since` when others have changed the policy since.
 */
export async function undoChange(changeId: string, runId: string, world: World): Promise<Change> {
  const { ledger, reader, clock } = world;
  const change = await findUndoable(changeId, world);
  const { resource, role } = change.change;
  if (!(await ledger.acquireLease(change.project, runId, leaseMs))) {
    throw new AppError('project-busy', `Another run is at work on ${change.project}; try again in a minute.`);
  }
  try {
    const read = await reader.readPolicy(resource);
    await assertUnchangedByOthers(change, read.policy, world);
    const added = addedMembers(change);
    for (const member of added) {
      await ledger.addHold({
        project: change.project,
        resource,
        member,
        until: clock.now() + holdMs,
        reason: `undo of ${changeId} (${role})`,
      });
    }
    return await applyChange(
      buildGrantUndo(change.change, added, changeId),
      { project: change.project, runId, changeId: `${runId}-undo`, findingIds: change.findingIds, base: read },
      world,
    );
  } finally {
    await ledger.releaseLease(change.project, runId);
  }
}

async function findUndoable(changeId: string, { ledger }: World): Promise<Change> {
  const change = await ledger.findChange(changeId);
  const refuse = (why: string): never => {
    throw new TerminalError('undo-not-possible', `${changeId} ${why}.`, {
      hint: 'sallyport undo --list shows what can be undone.',
    });
  };
  if (!change) return refuse('is not in the ledger');
  if (change.result?.outcome !== 'applied') return refuse('was not applied');
  if (change.change.kind !== 'add') return refuse('is itself an undo');
  const later = await ledger.changesSince(change.at, change.project);
  const undone = later.some(({ change: { undoes }, result }) => undoes === changeId && result?.outcome === 'applied');
  return undone ? refuse('is undone already') : change;
}

/** The live etag must be the one this change ended with, or be reached from it by changes of ours alone. */
async function assertUnchangedByOthers(change: Change, live: Policy, { ledger }: World): Promise<void> {
  const later = await ledger.changesSince(change.at, change.project);
  let etag = change.result?.after?.etag;
  for (const next of [...later].reverse()) {
    const isNext = next.change.resource === change.change.resource && next.result?.before?.etag === etag;
    if (isNext && next.result?.outcome === 'applied') etag = next.result.after?.etag;
  }
  if (etag !== undefined && live.etag === etag) return;
  throw new TerminalError(
    'undo-changed-since',
    `${change.change.resource}: the policy has been changed by others since ${change.id}; nothing was undone.`,
    {
      hint: `Look at it with gcloud run services get-iam-policy, and remove ${change.change.members.join(', ')} by hand if that is still right.`,
    },
  );
}

function addedMembers({ change, result }: Change): readonly string[] {
  const before = (result?.before?.bindings ?? [])
    .filter((binding) => isUnconditional(binding, change.role))
    .flatMap((binding) => binding.members ?? []);
  return change.members.filter((member) => !hasMember(before, member));
}
