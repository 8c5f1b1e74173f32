import pLimit from 'p-limit';
import { AppError } from '../errors.ts';
import { parseGoogleFailure, withoutPayload } from './google-failure.ts';
import { type RetryTiming, withRetry } from './with-retry.ts';

/** What is read, so that a refusal can say which role is missing where. */
export interface ReadSubject {
  /** Full resource name. */
  readonly resource: string;
  /** What of it, for the message: `the backend services`, `the IAM policy`, … */
  readonly what: string;
  /** The least role that allows it. */
  readonly role: string;
}

/** Makes one read: at most 20 at a time, with retries, failures as AppErrors. */
export type GoogleRead = <T>(subject: ReadSubject, call: () => Promise<T>) => Promise<T>;

/** Throws `not-found` as `GoogleNotFound`, else `read-denied` (hint: the role) or `read-failed`. */
export function createGoogleRead(timing: RetryTiming, limit = 20): GoogleRead {
  const gate = pLimit(limit);
  return (subject, call) =>
    gate(async () => {
      try {
        return await withRetry(call, timing);
      } catch (error) {
        throw toReadError(error, subject);
      }
    });
}

/** The thing that was to be read is not there. Readers turn it into what that means for them. */
export class GoogleNotFound extends AppError {}

/** The API is not enabled in the project: nothing of its kind can be there. */
export class GoogleApiDisabled extends AppError {}

/** What a failed read of a subject is to the rest of Sallyport; never throws. */
export function toReadError(error: unknown, { resource, what, role }: ReadSubject): Error {
  // A fault of ours (a TypeError, a bad setting) is no answer of Google's.
  if (error instanceof AppError) return error;
  const failure = parseGoogleFailure(error);
  const cause = withoutPayload(error);
  const text = `Reading ${what} of ${resource} failed: ${failure.message}`;
  if (failure.status === 404) return new GoogleNotFound('read-failed', text, { cause });
  if (failure.reasons.some((reason) => disabledApi.has(reason))) {
    return new GoogleApiDisabled('read-denied', text, {
      hint: 'Enable that API in the project: gcloud services enable',
      cause,
    });
  }
  if (failure.status === 403 || failure.status === 401) {
    return new AppError('read-denied', text, {
      hint: `Grant ${role} on ${resource} to the account that Sallyport runs as.`,
      cause,
    });
  }
  return new AppError('read-failed', text, { cause });
}

const disabledApi = new Set(['SERVICE_DISABLED', 'accessNotConfigured']);
