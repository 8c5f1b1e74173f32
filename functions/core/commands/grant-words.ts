import type { InvokingGrant } from '../estate/access.ts';

/** A grant as a person reads it, condition and level included. */
export function tellGrant({ level, role, member, condition }: InvokingGrant): string {
  const limits = condition === undefined ? '' : ` only if ${condition || 'a condition holds'}`;
  return `${member} holds ${role} on ${level}${limits}`;
}
