import { fields, type Kind, kinds } from './documents.ts';
import { collectionOf } from './firestore-documents.ts';
import { type QueryShape, queries } from './queries.ts';

/** `firestore.indexes.json`, as Firebase and the admin API name its parts. */
export interface FirestoreIndexes {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly queryScope: 'COLLECTION';
    readonly fields: readonly { readonly fieldPath: string; readonly order: 'ASCENDING' | 'DESCENDING' }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly ttl?: true;
    readonly indexes: readonly [];
  }[];
}

/**
 * The indexes that the queries of the ledger need and no others: a composite index for each query with equal fields and
 * an order; Firestore's own index for fields that queries name alone or only as equal; none for all other fields, which
 * may be longer than an index takes (1,500 bytes). `expireAt` of what ends is its time to live.
 */
export function buildFirestoreIndexes(): FirestoreIndexes {
  const shapes: readonly QueryShape[] = Object.values(queries);
  return {
    indexes: shapes.flatMap(({ kind, equal, order }) => {
      if (!order || equal.length === 0) return [];
      const [last, direction] = order;
      const ordered = { fieldPath: last, order: direction === 'asc' ? 'ASCENDING' : 'DESCENDING' } as const;
      const same = equal.map((fieldPath) => ({ fieldPath, order: 'ASCENDING' as const }));
      return [{ collectionGroup: collectionOf(kind), queryScope: 'COLLECTION' as const, fields: [...same, ordered] }];
    }),
    fieldOverrides: kinds.flatMap((kind) => {
      const needed = singleFields(shapes.filter((shape) => shape.kind === kind));
      const names = Object.keys(fields[kind]);
      const none = names.filter((name) => !needed.has(name)).map((fieldPath) => override(kind, fieldPath));
      return names.includes('endedAt') ? [...none, { ...override(kind, 'expireAt'), ttl: true as const }] : none;
    }),
  };
}

/** Fields that a query finds by an index of their own. */
function singleFields(shapes: readonly QueryShape[]): ReadonlySet<string> {
  return new Set(shapes.flatMap(({ equal, order }) => (order ? (equal.length === 0 ? [order[0]] : []) : equal)));
}

function override(kind: Kind, fieldPath: string) {
  return { collectionGroup: collectionOf(kind), fieldPath, indexes: [] as const };
}
