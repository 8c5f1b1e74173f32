import type { Documents, Kind } from './documents.ts';
import type { KindOf, QueryName } from './queries.ts';

/**
 * The small document store that the ledger is written on; engines: SQLite, Firestore. Every call is atomic. Failures of
 * an engine are AppErrors `ledger-failed`.
 */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Promise<Documents[K] | undefined>;
  query<Q extends QueryName>(name: Q, ask?: Ask): Promise<readonly Documents[KindOf<Q>][]>;
  count(name: QueryName, ask?: Ask): Promise<number>;
  /** False, and nothing written, when the id is taken. */
  create<K extends Kind>(kind: K, id: string, document: Documents[K]): Promise<boolean>;
  put<K extends Kind>(kind: K, id: string, document: Documents[K]): Promise<void>;
  /** Sets these fields and leaves the others; false when there is no such document. */
  update<K extends Kind>(kind: K, id: string, fields: Partial<Documents[K]>): Promise<boolean>;
  deleteAll(name: QueryName, ask: Ask): Promise<void>;
  /**
   * Takes one document from what it is to what `step` makes of it, and gives its answer. Of several who try at once, each
   * sees what the last one left: `step` may be run again and must touch nothing.
   */
  transition<K extends Kind, T>(kind: K, id: string, step: Step<Documents[K], T>): Promise<T>;
  /**
   * All of it or nothing, as if nobody else were there. All reads come before the first write, and `work` may be run
   * again when others were there after all: it must touch nothing but `tx`.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What becomes of a document: `after` is what it is then; `isGone` deletes it; neither leaves it as it is. */
export type Step<D, T> = (before: D | undefined) => {
  readonly answer: T;
  readonly after?: D;
  readonly isGone?: true;
};

export interface Transaction {
  get<K extends Kind>(kind: K, id: string): Promise<Documents[K] | undefined>;
  query<Q extends QueryName>(name: Q, ask?: Ask): Promise<readonly Documents[KindOf<Q>][]>;
  put<K extends Kind>(kind: K, id: string, document: Documents[K]): void;
  /** Sets these fields of a document that is there. */
  update<K extends Kind>(kind: K, id: string, fields: Partial<Documents[K]>): void;
  delete(kind: Kind, id: string): void;
}

/** The values of a query of `queries`: those of its `equal` fields in their order; bounds (inclusive) are of its order field. */
export interface Ask {
  readonly equal?: readonly (string | boolean)[];
  readonly least?: number;
  readonly most?: number;
  readonly limit?: number;
}

/** What each part of the ledger works with. */
export interface LedgerContext {
  readonly store: Store;
  readonly now: () => number;
  /** A number that grows with every call: puts documents of the same millisecond in order. */
  readonly stamp: () => number;
  readonly retentionDays: number;
}
