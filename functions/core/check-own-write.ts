import { AppError } from '../errors.ts';
import { leaseMs } from './apply/apply-change.ts';
import { closeOpenIntents } from './apply/close-intents.ts';
import type { Change, ChangeResult } from './change/change.ts';
import { tellOfAlert } from './tell/tell-of-alert.ts';
import type { World } from './world.ts';

export interface OwnWrite {
  readonly project: string;
  /** Full resource name of the service whose policy was changed. */
  readonly resource: string;
  /** The etag that the audit entry's response carries. */
  readonly etag: string;
  readonly runId: string;
  /** As in `ReconcileKey`. */
  readonly task?: string;
  readonly eventId?: string;
}

/** How long after its intent a write whose answer was lost may still be told of by its event (ms). */
const claimMs = 3_600_000;

/**
 * Whether a policy change made with our own principal is in the ledger (DESIGN 6.8). `own`: ours, and no new round
 * starts. `foreign`: somebody else holds our identity: a critical alert is logged and the caller reconciles the project.
 */
export async function checkOwnWrite(write: OwnWrite, world: World): Promise<'own' | 'foreign'> {
  const { ledger, clock, log } = world;
  if (await ledger.isOwnEtag(write.resource, write.etag)) return 'own';
  // The write may be one whose result was never recorded: close such intents first, under the lease.
  if (!(await ledger.acquireLease(write.project, write.runId, leaseMs, write.task))) {
    throw new AppError('project-busy', `Another run is at work on ${write.project}; this check comes back later.`);
  }
  try {
    await closeOpenIntents(write.project, world);
    if (await ledger.isOwnEtag(write.resource, write.etag)) return 'own';
    const lost = (await ledger.changesSince(clock.now() - claimMs, write.project)).find(
      ({ change, result }) => change.resource === write.resource && result?.answerLost,
    );
    if (lost) {
      await ledger.recordResult(lost.id, buildClaimed(lost, write.etag, clock.now()));
      log.warn('own write found again by its event', { changeId: lost.id, resource: write.resource });
      return 'own';
    }
  } finally {
    await ledger.releaseLease(write.project, write.runId);
  }
  log.error('our principal changed a policy and the ledger knows nothing of it', {
    code: 'foreign-own-write',
    resource: write.resource,
    etag: write.etag,
    eventId: write.eventId,
  });
  await tellOfAlert(
    {
      code: 'foreign-own-write',
      occasion: write.etag,
      project: write.project,
      severity: 'critical',
      title: `Somebody else uses Sallyport’s own account in ${write.project}`,
      lines: [
        `The policy of ${write.resource} was changed by it, and the ledger knows nothing of that.`,
        'Treat it as an incident: who can act as this service account?',
      ],
    },
    world,
  );
  return 'foreign';
}

/** The event is the answer that was lost: the write did happen and left this etag, whatever others have made of it since. One event only can say so. */
function buildClaimed({ result }: Change, etag: string, at: number): ChangeResult {
  const policy = result?.outcome === 'applied' ? result.after : undefined;
  return { outcome: 'applied', at, after: { ...policy, etag }, message: 'told of by its own audit entry' };
}
