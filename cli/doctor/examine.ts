import { parseGoogleFailure } from '../../functions/adapters/google-failure.ts';
import { AppError } from '../../functions/errors.ts';
import { type Check, type DoctorContext, unknown, type Verdict } from './check.ts';

export type Line = { readonly id: string } & Verdict;

/** Every check, in order; what could not be read is unknown, never ok. Never throws what a check threw. */
export function examineAll(checks: readonly Check[], context: DoctorContext): Promise<readonly Line[]> {
  return Promise.all(
    checks.map(async ({ id, examine }) => {
      try {
        return { id, ...(await examine(context)) };
      } catch (error) {
        return { id, ...describeFailure(error) };
      }
    }),
  );
}

function describeFailure(error: unknown): Verdict {
  if (error instanceof AppError) return unknown(`${error.message} [${error.code}]`, error.hint ?? 'docs/errors.md');
  const { status, state, message } = parseGoogleFailure(error);
  if (status === undefined && !(error instanceof Error && 'code' in error)) {
    const isOurs = error instanceof TypeError || error instanceof RangeError;
    if (isOurs) throw error;
  }
  const fix =
    status === 401 || status === 403
      ? 'Run doctor as somebody who may look at both projects: roles/viewer and roles/iam.securityReviewer.'
      : 'Try again; if it lasts, look at https://status.cloud.google.com.';
  return unknown(`could not be read: ${status ?? ''} ${state ?? ''} ${message}`.replaceAll(/\s+/g, ' '), fix);
}
