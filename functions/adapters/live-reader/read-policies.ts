import { parseServiceName } from '../../core/estate/resource-name.ts';
import type { Policy, Unreadable } from '../../core/inventory.ts';
import { AppError } from '../../errors.ts';
import { GoogleNotFound, type GoogleRead } from '../google-read.ts';
import type { PolicyApi } from '../policy-api.ts';

/** The policy of any resource; the role in the hint is the least one for its kind. */
export function readPolicy(api: PolicyApi, read: GoogleRead, resource: string): Promise<Policy> {
  const role = parseServiceName(resource) ? 'roles/run.viewer' : 'roles/iam.securityReviewer';
  return read({ resource, what: 'the IAM policy', role }, () => api.get(resource));
}

/** A policy, or the gap that its absence leaves; `gone` when the resource itself is no longer there. */
export type PolicyOrGap = { readonly policy: Policy } | { readonly gap: Unreadable } | { readonly gone: true };

/** As `readPolicy`, but a refusal is a value: one closed policy must not hide the rest of a project. */
export async function tryPolicy(api: PolicyApi, read: GoogleRead, resource: string): Promise<PolicyOrGap> {
  try {
    return { policy: await readPolicy(api, read, resource) };
  } catch (error) {
    if (error instanceof GoogleNotFound) return { gone: true };
    if (!(error instanceof AppError) || error.code !== 'read-denied') throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    return { gap: { resource, code: 'iam-policy-not-readable', message: error.message + hint } };
  }
}
