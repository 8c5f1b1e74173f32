import { randomUUID } from 'node:crypto';
import type { Approval } from '../../core/people.ts';
import type { Ledger } from '../../core/world.ts';
import { AppError } from '../../errors.ts';
import type { LedgerContext, Transaction } from './store.ts';

/** Questions to people and their answers. Each step is a transaction: an answer counts once. */
export function buildApprovals({
  store,
}: LedgerContext): Pick<
  Ledger,
  | 'askApproval'
  | 'supersedeApprovals'
  | 'decideApproval'
  | 'moveApproval'
  | 'setApprovalCallback'
  | 'findApproval'
  | 'approvals'
> {
  return {
    askApproval(approval) {
      const step = randomUUID();
      return store.transaction(async (tx) => {
        const waiting = await readWaiting(tx, approval.project);
        const taken = await tx.get('approval', approval.id);
        if (taken?.step === step) return { approval, isNew: true };
        // One that nobody can answer any more is not the same question, even if nobody has ended it yet.
        const same = waiting.find(
          ({ planHash, expiresAt }) => planHash === approval.planHash && expiresAt > approval.askedAt,
        );
        for (const other of waiting) if (other !== same) put(tx, { ...other, state: 'superseded' });
        if (same) return { approval: same, isNew: false };
        if (taken) throw new AppError('ledger-failed', `The ledger has an approval ${approval.id} already.`);
        put(tx, approval, step);
        return { approval, isNew: true };
      });
    },
    supersedeApprovals(project) {
      return store.transaction(async (tx) => {
        const ended = (await readWaiting(tx, project)).map((one): Approval => ({ ...one, state: 'superseded' }));
        for (const one of ended) put(tx, one);
        return ended;
      });
    },
    decideApproval(id, planHash, decision) {
      const step = randomUUID();
      return store.transaction(async (tx) => {
        const found = await tx.get('approval', id);
        if (!found) return 'unknown';
        if (found.step === step) return 'decided';
        const { approval } = found;
        if (approval.planHash !== planHash || approval.state === 'superseded') return 'changed-since';
        if (approval.state === 'expired') return 'expired';
        if (approval.state !== 'waiting') return 'already-decided';
        if (decision.at >= approval.expiresAt) {
          put(tx, { ...approval, state: 'expired' });
          return 'expired';
        }
        put(tx, { ...approval, state: decision.approved ? 'approved' : 'rejected', decision }, step);
        return 'decided';
      });
    },
    moveApproval(id, from, to) {
      const step = randomUUID();
      return store.transaction(async (tx) => {
        const found = await tx.get('approval', id);
        if (found?.step === step) return true;
        if (found?.approval.state !== from) return false;
        put(tx, { ...found.approval, state: to }, step);
        return true;
      });
    },
    setApprovalCallback(id, callbackUrl) {
      return store.transaction(async (tx) => {
        const approval = (await tx.get('approval', id))?.approval;
        if (!approval) throw new AppError('ledger-failed', `The ledger has no approval ${id} that could wait.`);
        put(tx, { ...approval, callbackUrl });
      });
    },
    async findApproval(id) {
      return (await store.get('approval', id))?.approval;
    },
    async approvals({ project, state, since = 0 } = {}) {
      const found =
        project !== undefined && state !== undefined
          ? await store.query('approvalsOfProjectInState', { equal: [project, state], least: since })
          : project !== undefined
            ? await store.query('approvalsOfProject', { equal: [project], least: since })
            : state !== undefined
              ? await store.query('approvalsInState', { equal: [state], least: since })
              : await store.query('approvals', { least: since });
      return found.map(({ approval }) => approval);
    },
  };
}

async function readWaiting(tx: Transaction, project: string): Promise<readonly Approval[]> {
  const found = await tx.query('approvalsOfProjectInState', { equal: [project, 'waiting'] });
  return found.map(({ approval }) => approval);
}

/** `step` names the call that did it: run again because the answer to its commit was lost, it knows its own work. */
function put(tx: Transaction, approval: Approval, step = ''): void {
  const { project, state, askedAt, expiresAt } = approval;
  tx.put('approval', approval.id, { project, state, askedAt, approval, step, endedAt: expiresAt });
}
