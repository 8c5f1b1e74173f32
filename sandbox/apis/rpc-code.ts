import type { GoogleError } from '../api.ts';

const codes: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

/** google.rpc.Code of a refusal, as audit entries carry it. */
export function rpcCodeOf(error: GoogleError): number {
  return codes[error.status] ?? 2;
}
