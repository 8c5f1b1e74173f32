import type { Kind } from './documents.ts';

/** What a query looks for: documents of one kind with fields that equal given values, ordered by (and perhaps bounded in) one field. */
export interface QueryShape {
  readonly kind: Kind;
  readonly equal: readonly string[];
  readonly order?: readonly [field: string, direction: 'asc' | 'desc'];
  /** SQLite answers it by the index of another query: one more would cost each write more than it saves on a laptop. */
  readonly sharesIndex?: true;
}

/**
 * Every query of the ledger; a store answers no others. The indexes of both engines are made of this list, so that no
 * query is without one: those of SQLite when a file is opened, those of Firestore by `npm run firestore:indexes`.
 */
export const queries = {
  openChanges: { kind: 'change', equal: ['project', 'isOpen'] },
  changes: { kind: 'change', equal: [], order: ['at', 'desc'] },
  changesOfProject: { kind: 'change', equal: ['project'], order: ['at', 'desc'], sharesIndex: true },
  changesByEtag: { kind: 'change', equal: ['resource', 'etag'] },
  holdsOfProject: { kind: 'hold', equal: ['project'], order: ['endedAt', 'asc'] },
  clientIds: { kind: 'clientId', equal: [] },
  findings: { kind: 'finding', equal: [] },
  findingsOfProject: { kind: 'finding', equal: ['project'] },
  stays: { kind: 'stay', equal: [], order: ['endedAt', 'asc'] },
  staysOfProject: { kind: 'stay', equal: ['project'], order: ['endedAt', 'asc'] },
  seenGrantsOfProject: { kind: 'seenGrants', equal: ['project'], order: ['page', 'asc'] },
  onPathOfProject: { kind: 'onPath', equal: ['project'], order: ['page', 'asc'] },
  seenIapOfProject: { kind: 'seenIap', equal: ['project'], order: ['page', 'asc'] },
  approvals: { kind: 'approval', equal: [], order: ['askedAt', 'desc'] },
  approvalsOfProject: { kind: 'approval', equal: ['project'], order: ['askedAt', 'desc'] },
  approvalsInState: { kind: 'approval', equal: ['state'], order: ['askedAt', 'desc'] },
  approvalsOfProjectInState: { kind: 'approval', equal: ['project', 'state'], order: ['askedAt', 'desc'] },
  noticesInState: { kind: 'notice', equal: ['state'] },
  noticesByTime: { kind: 'notice', equal: ['state'], order: ['notBefore', 'asc'] },
  noticesBySending: { kind: 'notice', equal: ['state'], order: ['sendingSince', 'asc'] },
  sweeps: { kind: 'sweep', equal: [], order: ['startedAt', 'desc'] },
  runs: { kind: 'run', equal: [], order: ['startedAt', 'desc'] },
  runsOfProject: { kind: 'run', equal: ['project'], order: ['startedAt', 'desc'] },
  pauses: { kind: 'pause', equal: [], order: ['stamp', 'desc'] },
  endedChanges: { kind: 'change', equal: [], order: ['endedAt', 'asc'] },
  endedHolds: { kind: 'hold', equal: [], order: ['endedAt', 'asc'] },
  endedClientIds: { kind: 'clientId', equal: [], order: ['endedAt', 'asc'] },
  endedOnPath: { kind: 'onPath', equal: [], order: ['endedAt', 'asc'] },
  endedSeenIap: { kind: 'seenIap', equal: [], order: ['endedAt', 'asc'] },
  endedApprovals: { kind: 'approval', equal: [], order: ['endedAt', 'asc'] },
  endedNotices: { kind: 'notice', equal: [], order: ['endedAt', 'asc'] },
  endedSweeps: { kind: 'sweep', equal: [], order: ['endedAt', 'asc'] },
  endedRuns: { kind: 'run', equal: [], order: ['endedAt', 'asc'] },
  endedPauses: { kind: 'pause', equal: [], order: ['endedAt', 'asc'] },
} as const satisfies Record<string, QueryShape>;

export type QueryName = keyof typeof queries;

/** The kind of document that a query gives. */
export type KindOf<Q extends QueryName> = (typeof queries)[Q]['kind'];

/** Queries that `prune` deletes by. */
export const endedQueries = [
  'endedChanges',
  'endedHolds',
  'endedClientIds',
  'stays',
  'endedOnPath',
  'endedSeenIap',
  'endedApprovals',
  'endedNotices',
  'endedSweeps',
  'endedRuns',
  'endedPauses',
] as const satisfies readonly QueryName[];
