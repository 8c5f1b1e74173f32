import assert from 'node:assert/strict';
import { parsePolicy } from '../../../../../functions/core/estate/normalize/policy.ts';

describe('parsePolicy', () => {
  it('gives back the very object, with fields it has never heard of', () => {
    const raw = {
      version: 3,
      etag: 'BwX=',
      auditConfigs: [{ service: 'allServices' }],
      bindings: [{ role: 'roles/run.invoker', members: ['allUsers'], condition: { title: 't' }, bindingId: 'x' }],
      later: { field: 1 },
    };
    assert.equal(parsePolicy(raw), raw);
  });

  it('takes a policy without bindings, and a binding without members', () => {
    assert.deepEqual(parsePolicy({ etag: 'ACAB' }), { etag: 'ACAB' });
    assert.notEqual(parsePolicy({ bindings: [{ role: 'roles/run.invoker' }] }), undefined);
  });

  it('takes a condition that is null for none, as Google reads its own JSON', () => {
    const raw = { bindings: [{ role: 'r', members: [], condition: null }] };
    assert.equal(parsePolicy(raw), raw);
  });

  for (const [title, raw] of [
    ['a list', []],
    ['bindings that are no list', { bindings: {} }],
    ['a binding without role', { bindings: [{ members: [] }] }],
    ['a member that is no text', { bindings: [{ role: 'r', members: [1] }] }],
    ['a condition that is no object', { bindings: [{ role: 'r', condition: 'x' }] }],
  ] as const) {
    it(`is undefined for ${title}`, () => assert.equal(parsePolicy(raw), undefined));
  }
});
