import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encode, encodeId, parseStored } from '../../../../functions/adapters/ledger/firestore-documents.ts';
import { TerminalError } from '../../../../functions/errors.ts';

describe('Firestore documents', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(
      '',
      '.',
      '..',
      '...',
      '__a__',
      '__',
      '/',
      'a/b',
      '%2F',
      '%',
      '%%',
      'a'.repeat(1501),
      'ü'.repeat(751),
    ),
  );

  it('have an id that Firestore takes, whatever the text', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const id = encodeId(text);
        assert.ok(id.length > 0 && Buffer.byteLength(id) <= 1500);
        assert.ok(!id.includes('/') && id !== '.' && id !== '..' && !/^__.*__$/s.test(id), id);
      }),
    );
  });

  it('have the same id only for the same text', () => {
    fc.assert(fc.property(odd, odd, (a, b) => assert.equal(encodeId(a) === encodeId(b), a === b)));
  });

  it('come back as they were, with lists in lists and without what is not there', () => {
    const policy = { etag: 'e', bindings: [], odd: [[1, [2]], { __x__: null }] };
    const change = {
      project: 'shop',
      at: 1,
      stamp: 2,
      resource: 'r',
      isOpen: false,
      intent: {
        id: 'i',
        project: 'shop',
        runId: 'r',
        findingIds: [],
        at: 1,
        change: { capability: 'grant-invoker', kind: 'add', resource: 'r', role: 'o', members: ['m'] },
      },
      result: { outcome: 'applied', at: 3, before: policy },
      endedAt: 3,
    } as const;
    const stored = encode('change', { ...change, etag: undefined }, 400);
    assert.deepEqual(parseStored('change', stored), change);
    assert.equal('etag' in stored, false);
  });

  it('live as long after their end as the retention says; what has not ended has no end', () => {
    const lease = encode('lease', { project: 'shop', holder: 'a', until: 1 }, 400);
    assert.equal('expireAt' in lease, false);
    const pause = { stamp: 1, pause: { paused: true, at: 1, who: '', why: '' }, endedAt: 5 };
    assert.deepEqual(encode('pause', pause, 400)['expireAt'], new Date(5 + 400 * 86_400_000));
  });

  it('are refused for good when they are larger than Firestore takes', () => {
    const pause = { stamp: 1, pause: { paused: true, at: 1, who: '', why: 'ü'.repeat(500_001) } };
    assert.throws(
      () => encode('pause', pause, 400),
      (error: unknown) =>
        error instanceof TerminalError && error.code === 'ledger-failed' && /not written/.test(error.message),
    );
  });
});
