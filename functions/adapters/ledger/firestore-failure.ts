import { AppError } from '../../errors.ts';

/** gRPC status codes. */
const statuses = { 'not-found': 5, 'already-exists': 6, 'failed-precondition': 9, aborted: 10 } as const;
const hints: Readonly<Record<number, string>> = {
  4: 'Delivery comes back; see https://status.cloud.google.com if it lasts.',
  5: 'Create the database: gcloud firestore databases create --database=NAME --location=REGION.',
  7: 'Grant roles/datastore.user in the project of the database to the account that Sallyport runs as.',
  8: 'A quota is used up, or too much is written at once. Delivery comes back.',
  9: 'An index may be missing: deploy infra/firestore/firestore.indexes.json, and wait until it is built.',
  10: 'Others wrote the same documents again and again. Delivery comes back.',
  14: 'Delivery comes back; see https://status.cloud.google.com if it lasts.',
  16: 'Log in with gcloud auth application-default login, or give the function its service account; it needs roles/datastore.user.',
};
const otherHint = 'The account that Sallyport runs as needs roles/datastore.user in the project of the database.';

/** Turns a failure of the Firestore client into `ledger-failed`; other errors are given back as they are. */
export function toLedgerFailure(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = statusOf(error);
  // Errors without a status are the client's: no credentials, no project, no network.
  const hint = (code === undefined ? undefined : hints[code]) ?? otherHint;
  return new AppError('ledger-failed', `Firestore did not ${what}: ${error.message}`, { cause: error, hint });
}

export function isStatus(error: unknown, status: keyof typeof statuses): boolean {
  return statusOf(error) === statuses[status];
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
