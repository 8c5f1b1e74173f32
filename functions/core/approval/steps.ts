import type { ChangeRequest } from '../change/change.ts';

/**
 * The single steps of a change, as canonical JSON: one a member, because the same members may be written together or one by
 * one. Everything that makes a difference to the outside is in it; what only guards the write is not (who must keep access,
 * which version was looked at): those are judged afresh when it is written. The same step is the same text in every run.
 */
export function listSteps(change: ChangeRequest): readonly string[] {
  const effect = Object.fromEntries(Object.entries(change).filter(([field]) => !guards.has(field)));
  if (!('members' in change)) return [canonicalJson(effect)];
  return change.members.map((member) => canonicalJson({ ...effect, members: [member] }));
}

/** A field that is not named here counts: a new kind of change is bound as a whole. */
const guards = new Set(['requires', 'generation', 'etag', 'base']);

/** JSON with the fields of every object in order; what is undefined is absent. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_field, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
