import { setTimeout } from 'node:timers/promises';
import type {
  DocumentData,
  FieldValue,
  Firestore,
  Transaction as FirestoreTransaction,
  Query,
  UpdateData,
} from '@google-cloud/firestore';
import { type Documents, fields, type Kind } from './documents.ts';
import { collectionOf, encode, encodeId, parseStored } from './firestore-documents.ts';
import { isStatus, toLedgerFailure } from './firestore-failure.ts';
import { type KindOf, type QueryName, type QueryShape, queries } from './queries.ts';
import type { Ask, Step, Store, Transaction } from './store.ts';

/** How often a transaction or a transition is begun again because others wrote the same documents. */
const maxAttempts = 10;
/** So many deletions go in one request. */
const deletionsAtOnce = 300;

interface FirestoreStoreOptions {
  readonly database: Firestore;
  /** `FieldValue.delete()`. */
  readonly removed: FieldValue;
  readonly retentionDays: number;
}

/** The store in a Firestore database: a collection a kind. */
export function buildFirestoreStore({ database, removed, retentionDays }: FirestoreStoreOptions): Store {
  return {
    get(kind, id) {
      return told('give a document', async () => parse(kind, (await reference(kind, id).get()).data()));
    },
    query(name, ask) {
      return told('answer a query', async () => parseAll(name, await build(name, ask).get()));
    },
    count(name, ask) {
      return told('answer a query', async () => (await build(name, ask).count().get()).data().count);
    },
    create(kind, id, document) {
      return told('take a document', async () => {
        try {
          await reference(kind, id).create(encode(kind, document, retentionDays));
          return true;
        } catch (error) {
          if (isStatus(error, 'already-exists')) return false;
          throw error;
        }
      });
    },
    async put(kind, id, document) {
      await told('take a document', () => reference(kind, id).set(encode(kind, document, retentionDays)));
    },
    update(kind, id, given) {
      return told('take a document', async () => {
        try {
          await reference(kind, id).update({ ...encode(kind, given, retentionDays) });
          return true;
        } catch (error) {
          if (isStatus(error, 'not-found')) return false;
          throw error;
        }
      });
    },
    deleteAll(name, ask) {
      return told('delete documents', async () => {
        for (let isLast = false; !isLast; ) {
          const found = await build(name, { ...ask, limit: deletionsAtOnce }).get();
          const batch = database.batch();
          for (const { ref } of found.docs) batch.delete(ref);
          if (!found.empty) await batch.commit();
          isLast = found.size < deletionsAtOnce;
        }
      });
    },
    transition(kind, id, step) {
      return told('take a document', () => transit(kind, id, step));
    },
    transaction(work) {
      return told('end a transaction', () =>
        database.runTransaction((inner) => work(buildTransaction(inner)), { maxAttempts }),
      );
    },
    close: () => database.terminate(),
  };

  /**
   * Reads, and writes on condition that nobody wrote since. A transaction would lock: two who read the same document and
   * then write it wait for each other for seconds.
   */
  async function transit<K extends Kind, T>(kind: K, id: string, step: Step<Documents[K], T>): Promise<T> {
    const at = reference(kind, id);
    for (let attempt = 1; ; attempt += 1) {
      const found = await at.get();
      const { answer, after, isGone } = step(parse(kind, found.data()));
      try {
        const lastUpdateTime = found.updateTime;
        if (isGone && lastUpdateTime) await at.delete({ lastUpdateTime });
        else if (after && lastUpdateTime) await at.update(replace(kind, after), { lastUpdateTime });
        else if (after) await at.create(encode(kind, after, retentionDays));
        return answer;
      } catch (error) {
        const isRace = ['already-exists', 'not-found', 'failed-precondition', 'aborted'] as const;
        if (!isRace.some((status) => isStatus(error, status)) || attempt === maxAttempts) throw error;
        await setTimeout(Math.random() * 20 * attempt);
      }
    }
  }

  /** All fields of a document: those that it no longer has are taken away. */
  function replace(kind: Kind, document: object): UpdateData<DocumentData> {
    const gone = [...Object.keys(fields[kind]), 'expireAt'].map((name) => [name, removed] as const);
    return { ...Object.fromEntries(gone), ...encode(kind, document, retentionDays) };
  }

  function reference(kind: Kind, id: string) {
    return database.collection(collectionOf(kind)).doc(encodeId(id));
  }

  function build(name: QueryName, { equal = [], least, most, limit }: Ask = {}): Query {
    const shape: QueryShape = queries[name];
    let query: Query = database.collection(collectionOf(shape.kind));
    for (const [index, field] of shape.equal.entries()) query = query.where(field, '==', equal[index]);
    if (shape.order) {
      const [field, direction] = shape.order;
      if (least !== undefined) query = query.where(field, '>=', least);
      if (most !== undefined) query = query.where(field, '<=', most);
      query = query.orderBy(field, direction);
    }
    return limit === undefined ? query : query.limit(limit);
  }

  function buildTransaction(inner: FirestoreTransaction): Transaction {
    return {
      get: async (kind, id) => parse(kind, (await inner.get(reference(kind, id))).data()),
      query: async (name, ask) => parseAll(name, await inner.get(build(name, ask))),
      put(kind, id, document) {
        inner.set(reference(kind, id), encode(kind, document, retentionDays));
      },
      update(kind, id, given) {
        inner.set(reference(kind, id), encode(kind, given, retentionDays), { merge: true });
      },
      delete(kind, id) {
        inner.delete(reference(kind, id));
      },
    };
  }
}

type Data = Readonly<Record<string, unknown>>;

function parse<K extends Kind>(kind: K, data: Data | undefined): Documents[K] | undefined {
  return data && parseStored(kind, data);
}

function parseAll<Q extends QueryName>(
  name: Q,
  found: { readonly docs: readonly { data(): Data }[] },
): readonly Documents[KindOf<Q>][] {
  const { kind } = queries[name];
  return found.docs.map((one) => parseStored<KindOf<Q>>(kind, one.data()));
}

async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toLedgerFailure(error, what);
  }
}
