import { AppError } from '../../errors.ts';
import type { Change, ChangeRequest } from './change.ts';
import { isPolicyEdit } from './change.ts';
import { hasMember } from './policy-edit.ts';
import { isSameJson } from './same-json.ts';

/**
 * A change that says it takes back another must be its mirror image, and the ledger must know that other one as applied:
 * otherwise "undo" would be a word that opens any door. Throws `write-refused`.
 */
export function assertMirrors(change: ChangeRequest, undone: Change | undefined): void {
  if (undone?.result?.outcome === 'applied' && isMirror(change, undone)) return;
  throw new AppError(
    'write-refused',
    `${change.resource}: no applied change is taken back by this; nothing was written`,
    {
      hint: 'This is a fault in Sallyport, not in your project: please report it with the log line.',
    },
  );
}

function isMirror(change: ChangeRequest, { change: undone, result }: Change): boolean {
  if (change.resource !== undone.resource || change.capability !== undone.capability) return false;
  if (isPolicyEdit(change) && isPolicyEdit(undone)) {
    return (
      change.kind !== undone.kind &&
      undone.undoes === undefined &&
      change.role === undone.role &&
      isSameJson(change.condition, undone.condition) &&
      change.members.every((member) => hasMember(undone.members, member))
    );
  }
  // Of a push it is the audience that the ledger knows from before.
  if (change.kind === 'push-audience' && change.audience !== result?.pushBefore?.audience) return false;
  const isTurned = 'undoes' in undone && undone.undoes !== undefined;
  if (change.kind === 'custom-audience' && undone.kind === 'custom-audience') {
    return !isTurned && change.audience === undone.audience;
  }
  return change.kind === undone.kind && change.kind !== 'service-identity' && !isTurned;
}
