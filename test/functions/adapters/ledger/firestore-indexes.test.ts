import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fields } from '../../../../functions/adapters/ledger/documents.ts';
import { buildFirestoreIndexes } from '../../../../functions/adapters/ledger/firestore-indexes.ts';
import { type QueryShape, queries } from '../../../../functions/adapters/ledger/queries.ts';

const file = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);

describe('Firestore indexes', () => {
  const { indexes, fieldOverrides } = buildFirestoreIndexes();
  const exempt = new Set(fieldOverrides.map(({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}`));

  it('are in the repository as the queries need them (npm run firestore:indexes writes them)', () => {
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), buildFirestoreIndexes());
  });

  for (const [name, shape] of Object.entries<QueryShape>(queries)) {
    it(`cover the query ${name}`, () => {
      const { kind, equal, order } = shape;
      const group = `sallyport-${kind}`;
      const asked = [...equal, ...(order ? [order[0]] : [])];
      for (const field of asked) {
        assert.equal(
          new Map<string, string>(Object.entries(fields[kind])).get(field),
          'plain',
          `${kind} has no ${field}`,
        );
      }
      if (order && equal.length > 0) {
        const wanted = [...equal.map((field) => `${field} ASCENDING`), `${order[0]} ${order[1].toUpperCase()}ENDING`];
        const has = indexes.some(
          (index) =>
            index.collectionGroup === group &&
            index.fields.map(({ fieldPath, order: way }) => `${fieldPath} ${way}`).join() === wanted.join(),
        );
        assert.ok(has, `no composite index for ${wanted}`);
      } else {
        // Equal fields alone are joined from the indexes of each; one order alone needs its own.
        assert.deepEqual(
          asked.filter((field) => exempt.has(`${group} ${field}`)),
          [],
        );
      }
    });
  }

  it('never hold what may be longer than an index takes', () => {
    for (const [kind, forms] of Object.entries(fields)) {
      for (const [field, form] of Object.entries(forms)) {
        if (form === 'json') assert.ok(exempt.has(`sallyport-${kind} ${field}`), `${kind}.${field} is indexed`);
      }
    }
  });

  it('give every kind that ends a time to live, and no other', () => {
    const living = fieldOverrides
      .filter(({ ttl }) => ttl)
      .map(({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}`);
    const ending = Object.entries(fields).filter(([, forms]) => 'endedAt' in forms);
    assert.deepEqual(
      living,
      ending.map(([kind]) => `sallyport-${kind} expireAt`),
    );
  });
});
