import { createHash } from 'node:crypto';
import type { PlannedChange } from '../plan/planned-change.ts';
import { listSteps } from './steps.ts';

/**
 * What an approval is bound to: sha256 (hex) of the exact list of changes. The order of the list, how members are grouped
 * into writes, and the findings that ask for a change make no difference; everything else does.
 */
export function hashPlan(changes: readonly Pick<PlannedChange, 'change'>[]): string {
  const steps = [...new Set(changes.flatMap(({ change }) => listSteps(change)))].sort();
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex');
}

/** `<first 16 hex digits of the hash>-<time in base 36>`: unique, short enough to type. */
export function buildApprovalId(planHash: string, askedAt: number): string {
  return `${planHash.slice(0, 16)}-${askedAt.toString(36)}`;
}
