import { addMembers } from './policy-edit.ts';
import type { ChangeResult, World } from './world.ts';

/**
 * Closes what an earlier run began and never finished (DESIGN 6.9): the live policy tells whether the write happened.
 * The caller holds the project's lease, so no other run can be in the middle of one of these.
 */
export async function closeOpenIntents(project: string, { ledger, reader, clock, log }: World): Promise<number> {
  const open = await ledger.openIntents(project);
  for (const intent of open) {
    const { kind, resource, role, members } = intent.change;
    const { policy } = await reader.readPolicy(resource);
    const isHeld = addMembers(policy, role, members) === policy;
    const happened = kind === 'add' ? isHeld : members.every((member) => addMembers(policy, role, [member]) !== policy);
    const result: ChangeResult = happened
      ? { outcome: 'applied', at: clock.now(), after: policy, message: 'found in the live policy by a later run' }
      : { outcome: 'failed', at: clock.now(), after: policy, code: 'interrupted', message: 'not in the live policy' };
    await ledger.recordResult(intent.id, result);
    log.warn('intent closed', { changeId: intent.id, resource, outcome: result.outcome });
  }
  return open.length;
}
