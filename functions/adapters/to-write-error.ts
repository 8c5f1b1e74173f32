import { AppError } from '../errors.ts';
import { parseGoogleFailure, withoutPayload } from './google-failure.ts';

export interface FailedWrite {
  readonly resource: string;
  /** False when it was the read before the write that failed. */
  readonly wasSent: boolean;
  /** Members that the write would have added: Google refuses those it does not know. */
  readonly adds?: readonly string[];
  /** What a caller without permission should do. */
  readonly whenDenied: string;
  /** What a caller should do whom an organisation policy forbids it. */
  readonly whenForbidden?: string;
}

/** What a refused change means, by status and state alone: Google changes its wording. */
export function toWriteError(
  error: unknown,
  { resource, wasSent, adds, whenDenied, whenForbidden }: FailedWrite,
): AppError {
  const failure = parseGoogleFailure(error);
  const cause = withoutPayload(error);
  const text = `${resource}: ${failure.message}`;
  if (wasSent && failure.status === 400 && failure.state === 'FAILED_PRECONDITION' && whenForbidden !== undefined) {
    return new AppError('write-denied', text, { hint: whenForbidden, cause });
  }
  if (wasSent && failure.status === 400 && failure.state === 'INVALID_ARGUMENT' && adds !== undefined) {
    return new AppError('principal-does-not-exist', text, { hint: `IAM does not know ${adds.join(', ')}.`, cause });
  }
  if (failure.status === 403 || failure.status === 401) {
    return new AppError('write-denied', text, { hint: whenDenied, cause });
  }
  return new AppError('write-failed', text, { cause });
}
