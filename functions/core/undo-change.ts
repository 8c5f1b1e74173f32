import { buildCustomAudienceUndo } from '../actions/add-custom-audience.ts';
import { buildGrantUndo } from '../actions/grant-invoker.ts';
import { buildIngressUndo } from '../actions/restrict-ingress.ts';
import { buildRevokeUndo } from '../actions/revoke-invoker.ts';
import { buildPushAudienceUndo } from '../actions/set-push-audience.ts';
import { AppError, TerminalError } from '../errors.ts';
import { applyChange, leaseMs } from './apply/apply-change.ts';
import type {
  Change,
  ChangeRequest,
  IdentityChange,
  PolicyEdit,
  PolicyRead,
  PushAudienceChange,
} from './change/change.ts';
import { hasMember, isBindingOf } from './change/policy-edit.ts';
import { isSameJson } from './change/same-json.ts';
import { heldSubject } from './plan/plan.ts';
import type { World } from './world.ts';

const holdMs = 24 * 3_600_000;

/**
 * Takes back exactly what one change of ours did (DESIGN 6.10), and holds it for 24 h so that it is not done again at
 * once. Throws `undo-not-possible` for a change that is unknown, was not applied, is undone already or cannot be taken
 * back, and `undo-changed-since` when others have changed the policy or the service since.
 */
export async function undoChange(changeId: string, runId: string, world: World, by?: string): Promise<Change> {
  const { ledger, clock } = world;
  const change = await findUndoable(changeId, world);
  if (!(await ledger.acquireLease(change.project, runId, leaseMs))) {
    throw new AppError('project-busy', `Another run is at work on ${change.project}; try again in a minute.`);
  }
  try {
    const { undo, base } = await buildUndo(change, world);
    for (const subject of 'members' in undo ? undo.members : [heldSubject(undo)]) {
      await ledger.addHold({
        project: change.project,
        resource: undo.resource,
        member: subject,
        until: clock.now() + holdMs,
        reason: `undo of ${changeId}`,
      });
    }
    return await applyChange(
      undo,
      { project: change.project, runId, changeId: `${runId}-undo`, findingIds: change.findingIds, by, base },
      world,
    );
  } finally {
    await ledger.releaseLease(change.project, runId);
  }
}

interface Undoable extends Change {
  readonly change: Exclude<ChangeRequest, IdentityChange>;
}

async function findUndoable(changeId: string, { ledger }: World): Promise<Undoable> {
  const found = await ledger.findChange(changeId);
  const refuse = (why: string): never => {
    throw new TerminalError('undo-not-possible', `${changeId} ${why}.`, {
      hint: 'sallyport undo --list shows what can be undone.',
    });
  };
  if (!found) return refuse('is not in the ledger');
  const { change } = found;
  if (found.result?.outcome !== 'applied') return refuse('was not applied');
  if (change.kind === 'service-identity') return refuse('created a service agent, which Google has no call to delete');
  if (change.undoes !== undefined) return refuse('is itself an undo');
  const later = await ledger.changesSince(found.at, found.project);
  const undone = later.some((one) => undoneBy(one.change) === changeId && one.result?.outcome === 'applied');
  return undone ? refuse('is undone already') : { ...found, change };
}

function undoneBy(change: ChangeRequest): string | undefined {
  return 'undoes' in change ? change.undoes : undefined;
}

async function buildUndo(
  done: Undoable,
  world: World,
): Promise<{ undo: Exclude<ChangeRequest, IdentityChange>; base?: PolicyRead }> {
  const { change, id: changeId, result } = done;
  if (change.kind === 'push-audience') return { undo: await buildPushUndo(done, change, world) };
  if (change.kind === 'custom-audience') {
    const { generation } = await world.reader.readServiceState(change.resource);
    await assertUnchangedByOthers(done, generation, world);
    return { undo: buildCustomAudienceUndo(change, { generation, changeId }) };
  }
  if (change.kind === 'ingress') {
    const { generation } = await world.reader.readServiceState(change.resource);
    await assertUnchangedByOthers(done, generation, world);
    return { undo: buildIngressUndo(change, result?.serviceBefore, { generation, changeId }) };
  }
  const base = await world.reader.readPolicy(change.resource);
  await assertUnchangedByOthers(done, base.policy.etag, world);
  const undo =
    change.kind === 'add'
      ? buildGrantUndo(change, addedMembers(done, change), changeId)
      : buildRevokeUndo(change, changeId);
  return { undo, base };
}

/** Pub/Sub has no etag: the whole push configuration must be what this change left. */
async function buildPushUndo(
  { id: changeId, result }: Undoable,
  change: PushAudienceChange,
  { reader }: World,
): Promise<PushAudienceChange> {
  const live = await reader.readPushState(change.resource);
  const former = result?.pushBefore;
  if (!former || !result.pushAfter) {
    throw new TerminalError('undo-not-possible', `${changeId}: what the audience was before is not known.`);
  }
  if (!isSameJson(live.pushConfig, result.pushAfter.pushConfig)) throw changedSince(change.resource, changeId);
  return buildPushAudienceUndo(change, former, { left: live, changeId });
}

/** The live version must be the one this change ended with, or be reached from it by changes of ours alone. */
async function assertUnchangedByOthers(done: Undoable, live: string | undefined, { ledger }: World): Promise<void> {
  const { resource } = done.change;
  const later = await ledger.changesSince(done.at, done.project);
  const steps = later.filter(({ change, result }) => change.resource === resource && result?.outcome === 'applied');
  const next = new Map(steps.map((step) => [versionBefore(step), versionAfter(step)]));
  let version = versionAfter(done);
  for (let step = 0; version !== live && step < steps.length; step += 1) version = next.get(version);
  if (version !== undefined && version === live) return;
  throw changedSince(resource, done.id);
}

function changedSince(resource: string, changeId: string): TerminalError {
  return new TerminalError(
    'undo-changed-since',
    `${resource}: it has been changed by others since ${changeId}; nothing was undone.`,
    { hint: 'Look at it with gcloud (describe, get-iam-policy), and change it by hand if that is still right.' },
  );
}

/** Policies and services are counted apart: an etag of a policy, a generation of a service. */
function versionBefore({ change, result }: Change): string | undefined {
  return countsGenerations(change) ? result?.serviceBefore?.generation : result?.before?.etag;
}

function countsGenerations({ kind }: ChangeRequest): boolean {
  return kind === 'ingress' || kind === 'custom-audience';
}

function versionAfter({ change, result }: Change): string | undefined {
  return countsGenerations(change) ? result?.serviceAfter?.generation : result?.after?.etag;
}

function addedMembers({ result }: Change, { role, members, condition }: PolicyEdit): readonly string[] {
  const before = (result?.before?.bindings ?? [])
    .filter((binding) => isBindingOf(binding, role, condition))
    .flatMap((binding) => binding.members ?? []);
  return members.filter((member) => !hasMember(before, member));
}
