import { TerminalError } from '../../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Approval } from '../people.ts';

/** The question of an id, or of the beginning of one where no other begins like it. Throws `approval-unknown`. */
export async function findApprovalByPrefix(prefix: string, ledger: Pick<Ledger, 'findApproval' | 'approvals'>) {
  const exact = await ledger.findApproval(prefix);
  if (exact) return exact;
  const found: readonly Approval[] = (await ledger.approvals()).filter(({ id }) => id.startsWith(prefix));
  const [only, ...more] = found;
  if (only && more.length === 0) return only;
  const hint = 'sallyport approve lists the questions that wait.';
  if (only) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new TerminalError('approval-unknown', `${prefix} is the beginning of several questions: ${ids}.`, { hint });
  }
  throw new TerminalError('approval-unknown', `There is no question ${prefix} in this ledger.`, { hint });
}
