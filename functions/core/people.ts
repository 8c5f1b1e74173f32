import type { Finding } from './finding.ts';
import type { PlannedChange } from './plan/planned-change.ts';

/** A question to a person: may exactly these changes be made? (DESIGN 6.11) */
export interface Approval {
  /** `<first 16 hex digits of planHash>-<askedAt in base 36>`: unique, short enough to type. */
  readonly id: string;
  readonly project: string;
  /** sha256 (hex) of the exact list of changes, `hashPlan`. */
  readonly planHash: string;
  /** What is applied if the answer is yes and it is still planned. */
  readonly changes: readonly PlannedChange[];
  readonly askedAt: number;
  readonly expiresAt: number;
  /**
   * `waiting` -> `approved` | `rejected` | `expired` | `superseded` (another list is planned now);
   * `approved` -> `applied` | `outdated` (nothing of it is planned any more).
   */
  readonly state: ApprovalState;
  readonly decision?: ApprovalDecision;
  /** Where the workflow waits for the answer; absent = no workflow waits. */
  readonly callbackUrl?: string;
}

export type ApprovalState = 'waiting' | 'approved' | 'rejected' | 'expired' | 'superseded' | 'applied' | 'outdated';

export interface ApprovalDecision {
  readonly approved: boolean;
  /** `slack:U123 (name)` or an e-mail: as the report shows it. */
  readonly by: string;
  readonly at: number;
}

/** What came of an answer. Only `decided` has changed anything. */
export type Decided = 'decided' | 'already-decided' | 'expired' | 'changed-since' | 'unknown';

/**
 * A message to people, kept in the ledger before it is sent: an outbox. One notice is one Slack message; a new `content`
 * makes it due again, and it is then updated in place.
 */
export interface Notice {
  /** What it is about, permanent: `finding:<id>:<openedAt>`, `approval:<id>`, `digest:<runId>`, `report:<day>`, `alert:<…>`. */
  readonly id: string;
  readonly project: string;
  /** Slack channel id. */
  readonly channel: string;
  readonly content: NoticeContent;
  readonly createdAt: number;
  readonly state: 'due' | 'sending' | 'sent';
  /** Counts changes of `content`, from 1. */
  readonly revision: number;
  /** Which revision people see; absent = none yet. */
  readonly sentRevision?: number;
  /** Slack's name for the message, once it is there. */
  readonly ts?: string;
  /** While `sending`: who sends, since when (ms). A dead sender's notice may be there or not: look before posting again. */
  readonly sender?: string;
  readonly sendingSince?: number;
  /** Not to be tried before (ms). */
  readonly notBefore: number;
  readonly attempts: number;
}

/** What a message says, as data; `adapters/slack` makes blocks of it. */
export type NoticeContent =
  | {
      readonly kind: 'finding';
      readonly findingId: string;
      readonly rule: string;
      readonly severity: string;
      readonly resource: string;
      readonly subject: string;
      readonly message: string;
      readonly hint: string;
      readonly gcloud: readonly string[];
      /** Terraform of an enforced grant, so that the code can be mended. */
      readonly terraform?: string;
      readonly actor?: string;
      readonly state: 'open' | 'fixed' | 'resolved';
      readonly openedAt: number;
      readonly resolvedAt?: number;
      /** Who ended it, where an event names them. */
      readonly resolvedBy?: string;
      /** What was done about it, what failed, what it waits for: a line each. */
      readonly notes?: readonly string[];
    }
  | {
      readonly kind: 'approval';
      readonly approvalId: string;
      readonly planHash: string;
      /** One line a change. */
      readonly lines: readonly string[];
      readonly expiresAt: number;
      readonly state: ApprovalState;
      readonly by?: string;
    }
  | { readonly kind: 'digest'; readonly title: string; readonly lines: readonly string[] }
  | { readonly kind: 'report'; readonly title: string; readonly url: string; readonly lines: readonly string[] }
  | { readonly kind: 'alert'; readonly severity: string; readonly title: string; readonly lines: readonly string[] };

/** One sweep over all projects in scope, as the digest and the report tell of it. */
export interface Sweep {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly projects: number;
  readonly clean: number;
  readonly findings: number;
  readonly changes: number;
  /** Projects that could not be looked at: never compliant. */
  readonly unreadable: readonly { readonly project: string; readonly code: string }[];
}

/** A backend that had IAP on when a run looked. */
export interface SeenIap {
  /** Full resource name of the backend. */
  readonly resource: string;
  /** Google's number for it: a backend made anew under the same name is another one. */
  readonly id?: string;
  /** When a run saw it on last (ms). */
  readonly lastOn: number;
}

/** One stay of a finding: from when it was opened until it was resolved, or exempt. */
export interface FindingStay {
  readonly finding: Finding;
  readonly openedAt: number;
  readonly resolvedAt?: number;
  /** It ended by somebody's decision to live with it: nothing was mended. */
  readonly isExempt?: true;
}
