import type { ChangeIntent, ChangeResult } from '../../core/change/change.ts';
import type { Finding } from '../../core/finding.ts';
import type { Hold, Pause, Run, SeenGrant } from '../../core/ledger.ts';
import type { Approval, Notice, SeenIap, Sweep } from '../../core/people.ts';

/**
 * What the ledger keeps: one document type a kind. Fields that are text, number or boolean can be looked for; all others
 * are kept as they are. Times are milliseconds since the epoch. A document with `endedAt` is forgotten when that is
 * longer ago than the retention.
 */
export interface Documents {
  readonly lease: { readonly project: string; readonly holder: string; readonly until: number; readonly task?: string };
  readonly change: {
    readonly project: string;
    readonly at: number;
    readonly stamp: number;
    readonly resource: string;
    readonly isOpen: boolean;
    readonly intent: ChangeIntent;
    readonly result?: ChangeResult;
    /** Of what an applied change left. */
    readonly etag?: string;
    readonly endedAt?: number;
  };
  readonly hold: { readonly project: string; readonly stamp: number; readonly hold: Hold; readonly endedAt: number };
  readonly clientId: { readonly clientId: string; readonly state: 'rejected' | 'accepted'; readonly endedAt?: number };
  /** A finding that is open now, one a project and finding id. */
  readonly finding: {
    readonly project: string;
    readonly openedAt: number;
    readonly stamp: number;
    readonly finding: Finding;
    readonly actor?: string;
  };
  /** A finding's stay that is over. */
  readonly stay: {
    readonly project: string;
    readonly openedAt: number;
    readonly stamp: number;
    readonly finding: Finding;
    readonly endedAt: number;
    /** Not resolved: somebody has decided to live with it. */
    readonly isExempt?: boolean;
  };
  readonly seenGrants: Page<SeenGrant>;
  readonly onPath: Page<OnPath>;
  readonly seenIap: Page<SeenIap>;
  readonly approval: {
    readonly project: string;
    readonly state: string;
    readonly askedAt: number;
    readonly approval: Approval;
    /** The call that wrote it last. */
    readonly step: string;
    /** When it runs out: no answer counts any more. */
    readonly endedAt: number;
  };
  readonly notice: {
    readonly state: string;
    readonly notBefore: number;
    readonly sendingSince?: number;
    readonly notice: Notice;
    /** When it was sent. */
    readonly endedAt?: number;
  };
  readonly sweep: { readonly startedAt: number; readonly sweep: Sweep; readonly endedAt: number };
  readonly run: { readonly project: string; readonly startedAt: number; readonly run: Run; readonly endedAt: number };
  /** `paused`: whether writes are paused now, and the entry of `pause` that says who and why. */
  readonly state: { readonly isPaused: boolean; readonly entry: string };
  readonly pause: { readonly stamp: number; readonly pause: Pause; readonly endedAt?: number };
}

export interface OnPath {
  readonly service: string;
  readonly at: number;
}

/** A part of a list of a project: lists are kept in few documents, because each document that is written costs. */
export interface Page<T> {
  readonly project: string;
  readonly page: number;
  readonly entries: readonly T[];
  /** Of the entry that ends last. */
  readonly endedAt?: number;
}

export type Kind = keyof Documents;

/**
 * Every field of every kind: `plain` is text, number or boolean; `json` is anything else, which an engine keeps as one
 * text and never looks into (Firestore takes no list inside a list, and policies are not ours to shape).
 */
export const fields = {
  lease: { project: 'plain', holder: 'plain', until: 'plain', task: 'plain' },
  change: {
    project: 'plain',
    at: 'plain',
    stamp: 'plain',
    resource: 'plain',
    isOpen: 'plain',
    intent: 'json',
    result: 'json',
    etag: 'plain',
    endedAt: 'plain',
  },
  hold: { project: 'plain', stamp: 'plain', hold: 'json', endedAt: 'plain' },
  clientId: { clientId: 'plain', state: 'plain', endedAt: 'plain' },
  finding: { project: 'plain', openedAt: 'plain', stamp: 'plain', finding: 'json', actor: 'plain' },
  stay: { project: 'plain', openedAt: 'plain', stamp: 'plain', finding: 'json', endedAt: 'plain', isExempt: 'plain' },
  seenGrants: { project: 'plain', page: 'plain', entries: 'json', endedAt: 'plain' },
  onPath: { project: 'plain', page: 'plain', entries: 'json', endedAt: 'plain' },
  seenIap: { project: 'plain', page: 'plain', entries: 'json', endedAt: 'plain' },
  approval: { project: 'plain', state: 'plain', askedAt: 'plain', approval: 'json', step: 'plain', endedAt: 'plain' },
  notice: { state: 'plain', notBefore: 'plain', sendingSince: 'plain', notice: 'json', endedAt: 'plain' },
  sweep: { startedAt: 'plain', sweep: 'json', endedAt: 'plain' },
  run: { project: 'plain', startedAt: 'plain', run: 'json', endedAt: 'plain' },
  state: { isPaused: 'plain', entry: 'plain' },
  pause: { stamp: 'plain', pause: 'json', endedAt: 'plain' },
} as const satisfies { readonly [K in Kind]: Readonly<Record<keyof Documents[K], 'plain' | 'json'>> };

export const kinds: readonly Kind[] = Object.keys(fields).filter(isKind);

function isKind(name: string): name is Kind {
  return Object.hasOwn(fields, name);
}
