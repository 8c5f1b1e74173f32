import assert from 'node:assert/strict';
import type { Change, ChangeRequest, IngressChange, PolicyEdit } from '../../../../functions/core/change/change.ts';
import { assertMirrors } from '../../../../functions/core/change/undo-guard.ts';
import { service } from '../../../support/estate.ts';

const revoke: PolicyEdit = {
  capability: 'revoke-invoker',
  kind: 'remove',
  resource: service().name,
  role: 'roles/run.invoker',
  members: ['allUsers'],
};
const undo: PolicyEdit = { ...revoke, kind: 'add', undoes: 'c1' };
const restrict: IngressChange = {
  capability: 'restrict-ingress',
  kind: 'ingress',
  resource: service().name,
  ingress: 'internal-and-cloud-load-balancing',
};
const open: IngressChange = { ...restrict, ingress: 'all', undoes: 'c1' };
const known = (change: ChangeRequest, outcome: 'applied' | 'failed' | 'unchanged' = 'applied'): Change => ({
  id: 'c1',
  project: 'acme-prod',
  runId: 'r',
  findingIds: [],
  change,
  at: 1,
  result: { outcome, at: 2 },
});

const refused: readonly (readonly [string, ChangeRequest, Change | undefined])[] = [
  ['a change that the ledger does not know', undo, undefined],
  ['a change that was not applied', undo, known(revoke, 'failed')],
  ['a change that found nothing to do', undo, known(revoke, 'unchanged')],
  ['another member', { ...undo, members: ['allAuthenticatedUsers'] }, known(revoke)],
  ['a member more', { ...undo, members: ['allUsers', 'user:eve@b.c'] }, known(revoke)],
  ['another role', { ...undo, role: 'roles/run.admin' }, known(revoke)],
  ['another service', { ...undo, resource: service('us-central1').name }, known(revoke)],
  ['a condition dropped', undo, known({ ...revoke, condition: { expression: 'true' } })],
  ['the same direction', { ...undo, kind: 'remove' }, known(revoke)],
  ['an undo of an undo', { ...revoke, undoes: 'c1' }, known(undo)],
  ['a grant by a removed grant', { ...undo, capability: 'grant-invoker' }, known(revoke)],
  ['an ingress by a removed member', open, known(revoke)],
  ['an ingress by an undo of an ingress', restrict, known(open)],
];

describe('undo guard: an undo is the mirror image of an applied change', () => {
  it('passes the mirror image', () => {
    assert.doesNotThrow(() => assertMirrors(undo, known(revoke)));
    assert.doesNotThrow(() => assertMirrors(open, known(restrict)));
  });
  for (const [title, change, undone] of refused) {
    it(`refuses: ${title}`, () => assert.throws(() => assertMirrors(change, undone), { code: 'write-refused' }));
  }
});
