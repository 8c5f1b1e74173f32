import { leaseMs } from './apply-change.ts';
import type { Policy } from './inventory.ts';
import { addMembers } from './policy-edit.ts';
import type { ChangeIntent, ChangeResult, World } from './world.ts';

/**
 * Closes what an earlier run began and never finished (DESIGN 6.9): the live policy tells whether the write happened.
 * The caller holds the project's lease, so no other run begins one of these; but a request may still have been on its way
 * when its run died, so a write that was not there is looked for again as long as a lease lasts.
 */
export async function closeOpenIntents(project: string, world: World): Promise<number> {
  const { ledger, reader, clock, log } = world;
  await findLateArrivals(project, world);
  const open = await ledger.openIntents(project);
  for (const intent of open) {
    const { resource } = intent.change;
    const { policy } = await reader.readPolicy(resource);
    const result: ChangeResult = isInEffect(intent, policy)
      ? { outcome: 'applied', at: clock.now(), after: policy, message: 'found in the live policy by a later run' }
      : { outcome: 'failed', at: clock.now(), after: policy, code: 'interrupted', message: 'not in the live policy' };
    await ledger.recordResult(intent.id, result);
    log.warn('intent closed', { changeId: intent.id, resource, outcome: result.outcome });
  }
  return open.length;
}

async function findLateArrivals(project: string, { ledger, reader, clock, log }: World): Promise<void> {
  const recent = await ledger.changesSince(clock.now() - leaseMs, project);
  for (const change of recent.filter(({ result }) => result?.code === 'interrupted')) {
    const { resource } = change.change;
    const { policy } = await reader.readPolicy(resource);
    const { etag } = policy;
    // With an etag that the ledger has, a later change of ours did it.
    if (!isInEffect(change, policy) || etag === undefined || (await ledger.isOwnEtag(resource, etag))) continue;
    const message = 'arrived after its run had died';
    await ledger.recordResult(change.id, { outcome: 'applied', at: clock.now(), after: policy, message });
    log.warn('intent closed', { changeId: change.id, resource, outcome: 'applied' });
  }
}

function isInEffect({ change }: ChangeIntent, policy: Policy): boolean {
  const { kind, role, members } = change;
  return kind === 'add'
    ? addMembers(policy, role, members) === policy
    : members.every((member) => addMembers(policy, role, [member]) !== policy);
}
