import { isCustomAudienceSet } from '../../actions/add-custom-audience.ts';
import { isGranted } from '../../actions/grant-invoker.ts';
import { isIngressSet } from '../../actions/restrict-ingress.ts';
import { isRevoked } from '../../actions/revoke-invoker.ts';
import { isAudienceSet } from '../../actions/set-push-audience.ts';
import type { Change, ChangeRequest, ChangeResult } from '../change/change.ts';
import { isSameJson } from '../change/same-json.ts';
import type { World } from '../world.ts';
import { leaseMs } from './apply-change.ts';

/**
 * Closes what an earlier run began and never finished (DESIGN 6.9): the live policy or service tells whether the write
 * happened. The caller holds the project's lease, so no other run begins one of these; but a request may still have been on
 * its way when its run died, so a write that was not there is looked for again as long as a lease lasts.
 */
export async function closeOpenIntents(project: string, world: World): Promise<number> {
  const { ledger, clock, log } = world;
  await findLateArrivals(project, world);
  const open = await ledger.openIntents(project);
  for (const intent of open) {
    const { isInEffect, found } = await look(intent.change, world);
    const looked = { at: clock.now(), ...found, answerLost: true } as const;
    const result: ChangeResult = isInEffect
      ? { ...looked, outcome: 'applied', message: 'found in effect by a later run' }
      : { ...looked, outcome: 'failed', code: 'interrupted', message: 'not found in effect' };
    await ledger.recordResult(intent.id, result);
    log.warn('intent closed', { changeId: intent.id, resource: intent.change.resource, outcome: result.outcome });
  }
  return open.length;
}

async function findLateArrivals(project: string, world: World): Promise<void> {
  const { ledger, clock, log } = world;
  const recent = await ledger.changesSince(clock.now() - leaseMs, project);
  for (const change of recent.filter(({ result }) => result?.code === 'interrupted')) {
    const { resource } = change.change;
    const { isInEffect, found } = await look(change.change, world);
    if (!isInEffect || (await isOfLaterChange(change, found, recent, world))) continue;
    const message = 'arrived after its run had died';
    const result: ChangeResult = { outcome: 'applied', at: clock.now(), ...found, answerLost: true, message };
    await ledger.recordResult(change.id, result);
    log.warn('intent closed', { changeId: change.id, resource, outcome: 'applied' });
  }
}

type Found = Pick<ChangeResult, 'after' | 'serviceAfter' | 'pushAfter'>;

/** Whether what a change wanted is so now. An account that was to be created cannot be looked for: asking again does no harm. */
async function look(change: ChangeRequest, { reader }: World): Promise<{ isInEffect: boolean; found: Found }> {
  switch (change.kind) {
    case 'add':
    case 'remove': {
      const { policy } = await reader.readPolicy(change.resource);
      const isDone = change.kind === 'add' ? isGranted : isRevoked;
      return { isInEffect: isDone(policy, change), found: { after: policy } };
    }
    case 'ingress': {
      const state = await reader.readServiceState(change.resource);
      return { isInEffect: isIngressSet(state, change), found: { serviceAfter: state } };
    }
    case 'push-audience': {
      const state = await reader.readPushState(change.resource);
      return { isInEffect: isAudienceSet(state, change), found: { pushAfter: state } };
    }
    case 'custom-audience': {
      const state = await reader.readServiceState(change.resource);
      return { isInEffect: isCustomAudienceSet(state, change), found: { serviceAfter: state } };
    }
    case 'service-identity':
      return { isInEffect: false, found: {} };
  }
}

/** A state that the ledger has already was made by another change of ours. */
async function isOfLaterChange(
  { change }: Change,
  { after, serviceAfter, pushAfter }: Found,
  recent: readonly Change[],
  { ledger }: World,
): Promise<boolean> {
  if (pushAfter)
    return recent.some(
      ({ result }) => result?.outcome === 'applied' && isSameJson(result.pushAfter?.pushConfig, pushAfter.pushConfig),
    );
  if (serviceAfter)
    return recent.some(
      ({ result }) => result?.serviceAfter?.generation === serviceAfter.generation && result.outcome === 'applied',
    );
  return after?.etag === undefined || (await ledger.isOwnEtag(change.resource, after.etag));
}
