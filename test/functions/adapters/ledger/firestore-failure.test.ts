import assert from 'node:assert/strict';
import { toLedgerFailure } from '../../../../functions/adapters/ledger/firestore-failure.ts';
import { AppError, TerminalError } from '../../../../functions/errors.ts';

describe('Firestore failures', () => {
  const of = (code: number | undefined, message = 'm') => {
    const cause = Object.assign(new Error(message), code === undefined ? {} : { code });
    const error = toLedgerFailure(cause, 'take a document');
    assert.ok(error instanceof AppError && !(error instanceof TerminalError));
    assert.equal(error.cause, cause);
    return error;
  };

  it('come back as ledger-failed, which delivery repeats, and name the role', () => {
    const error = of(7, '7 PERMISSION_DENIED: Missing or insufficient permissions.');
    assert.equal(error.code, 'ledger-failed');
    assert.match(error.message, /^Firestore did not take a document: 7 PERMISSION_DENIED/);
    assert.match(error.hint ?? '', /roles\/datastore\.user/);
    assert.match(of(undefined, 'Could not load the default credentials.').hint ?? '', /roles\/datastore\.user/);
    assert.match(of(16).hint ?? '', /roles\/datastore\.user/);
  });

  it('tell of a database that is not there and of an index that is missing', () => {
    assert.match(of(5).hint ?? '', /gcloud firestore databases create/);
    assert.match(of(9).hint ?? '', /firestore\.indexes\.json/);
  });

  it('leave our own errors as they are', () => {
    const own = new TerminalError('ledger-failed', 'too large');
    assert.equal(toLedgerFailure(own, 'x'), own);
  });
});
