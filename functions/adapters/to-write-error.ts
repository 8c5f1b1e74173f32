import type { PolicyChange } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { parseGoogleFailure, withoutPayload } from './google-failure.ts';

export interface FailedWrite {
  readonly change: PolicyChange;
  /** False when it was the read before the write that failed. */
  readonly wasSent: boolean;
}

/** What a refused policy change means, by status and state alone: Google changes its wording. */
export function toWriteError(error: unknown, { change, wasSent }: FailedWrite): AppError {
  const { kind, resource, members } = change;
  const failure = parseGoogleFailure(error);
  const cause = withoutPayload(error);
  const text = `${resource}: ${failure.message}`;
  if (wasSent && failure.status === 400 && failure.state === 'FAILED_PRECONDITION') {
    return new AppError('write-denied', text, {
      hint: 'An organisation policy (constraints/iam.allowedPolicyMemberDomains) may forbid the member: allow it there.',
      cause,
    });
  }
  if (wasSent && failure.status === 400 && failure.state === 'INVALID_ARGUMENT' && kind === 'add') {
    return new AppError('principal-does-not-exist', text, { hint: `IAM does not know ${members.join(', ')}.`, cause });
  }
  if (failure.status === 403 || failure.status === 401) {
    return new AppError('write-denied', text, {
      hint: `Grant a role with run.services.getIamPolicy and run.services.setIamPolicy (roles/run.admin) on ${resource}.`,
      cause,
    });
  }
  return new AppError('write-failed', text, { cause });
}
