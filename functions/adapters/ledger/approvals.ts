import { randomUUID } from 'node:crypto';
import type { Ledger } from '../../core/ledger.ts';
import type { Approval, Decided } from '../../core/people.ts';
import { AppError } from '../../errors.ts';
import type { Documents } from './documents.ts';
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
      return store.transition<'approval', Decided>('approval', id, (found) => {
        if (!found) return { answer: 'unknown' };
        if (found.step === step) return { answer: 'decided' };
        const { approval } = found;
        if (approval.planHash !== planHash || approval.state === 'superseded') return { answer: 'changed-since' };
        if (approval.state === 'expired') return { answer: 'expired' };
        if (approval.state !== 'waiting') return { answer: 'already-decided' };
        if (decision.at >= approval.expiresAt) {
          return { answer: 'expired', after: toDocument({ ...approval, state: 'expired' }) };
        }
        const state = decision.approved ? 'approved' : 'rejected';
        return { answer: 'decided', after: toDocument({ ...approval, state, decision }, step) };
      });
    },
    moveApproval(id, from, to) {
      const step = randomUUID();
      return store.transition('approval', id, (found) => {
        if (found?.step === step) return { answer: true };
        if (found?.approval.state !== from) return { answer: false };
        return { answer: true, after: toDocument({ ...found.approval, state: to }, step) };
      });
    },
    async setApprovalCallback(id, callbackUrl) {
      const isThere = await store.transition('approval', id, (found) => {
        return found
          ? { answer: true, after: toDocument({ ...found.approval, callbackUrl }, found.step) }
          : { answer: false };
      });
      if (!isThere) throw new AppError('ledger-failed', `The ledger has no approval ${id} that could wait.`);
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

function put(tx: Transaction, approval: Approval, step?: string): void {
  tx.put('approval', approval.id, toDocument(approval, step));
}

/** `step` names the call that did it: run again because the answer to its write was lost, it knows its own work. */
function toDocument(approval: Approval, step = ''): Documents['approval'] {
  const { project, state, askedAt, expiresAt } = approval;
  return { project, state, askedAt, approval, step, endedAt: expiresAt };
}
