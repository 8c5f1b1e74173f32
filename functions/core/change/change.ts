import type { Condition, Ingress, Policy } from '../inventory.ts';

/** One write as data: it is planned, guarded, recorded and taken back as such. `kind` tells the forms apart. */
export type ChangeRequest = PolicyEdit | IngressChange | IdentityChange | PushAudienceChange | CustomAudienceChange;

/** Adds members to one binding of one resource's own policy, or removes them from it. */
export interface PolicyEdit {
  readonly capability: 'grant-invoker' | 'revoke-invoker' | 'grant-iap-accessor';
  readonly kind: 'add' | 'remove';
  readonly resource: string;
  readonly role: string;
  readonly members: readonly string[];
  /** The binding with exactly this condition; absent = the one without. */
  readonly condition?: Condition;
  /** Members that must hold an invoking role in the same policy when this is applied: grant before revoke. */
  readonly requires?: readonly string[];
  /** The push subscription (full resource name) that must send as the member when this is applied. */
  readonly subscription?: string;
  /** Where that subscription must push to then (`pushAddress`). */
  readonly endpoint?: string;
  /** For people: full resource name of the backend whose IAP policy it is, as the resource names it by number. */
  readonly backend?: string;
  /** Id of the change of ours that this one takes back. */
  readonly undoes?: string;
}

export interface PolicyChange extends PolicyEdit {
  /** A live read that may be used as the base if it is younger than 5 s. */
  readonly base?: PolicyRead;
}

export interface PolicyRead {
  readonly policy: Policy;
  /** When the read was answered, in milliseconds since the epoch. */
  readonly readAt: number;
}

export interface PolicyChangeResult {
  readonly changed: boolean;
  readonly before: Policy;
  readonly after: Policy;
}

/** Sets the ingress of one Cloud Run service. */
export interface IngressChange {
  readonly capability: 'restrict-ingress';
  readonly kind: 'ingress';
  readonly resource: string;
  readonly ingress: Ingress;
  /** As for policies. */
  readonly requires?: readonly string[];
  readonly undoes?: string;
  /** The generation that the service must still have: what an undo looked at is what it takes back. */
  readonly generation?: string;
}

/** What of a Cloud Run service an ingress change looks at. */
export interface ServiceState {
  readonly etag: string;
  /** Counts what was asked of the service, by anybody; Google's own progress does not move it. */
  readonly generation: string;
  readonly ingress: Ingress;
  /** Absent: not looked at. */
  readonly customAudiences?: readonly string[];
}

export interface IngressChangeResult {
  readonly changed: boolean;
  readonly before: ServiceState;
  readonly after: ServiceState;
}

/** Has Google create its own account of one service in one project. */
export interface IdentityChange {
  readonly capability: 'create-service-identity';
  readonly kind: 'service-identity';
  /** Full resource name of the project. */
  readonly resource: string;
  readonly service: string;
}

/** Sets the audience of one push subscription's token. Pub/Sub has no etag: what is read, changed and sent is the whole push configuration. */
export interface PushAudienceChange {
  readonly capability: 'set-push-audience';
  readonly kind: 'push-audience';
  /** Full resource name of the subscription. */
  readonly resource: string;
  /** Absent: none, so that the endpoint is the audience; only an undo says so. */
  readonly audience?: string;
  /** Where the subscription must push to (`pushAddress`): whoever takes these tokens may show them at IAP. Absent for an undo. */
  readonly endpoint?: string;
  readonly undoes?: string;
  /** The push configuration that the subscription must still have: what an undo looked at is what it takes back. */
  readonly pushConfig?: Readonly<Record<string, unknown>>;
}

/** What of a subscription a push audience change looks at. */
export interface PushState {
  /** Whole, as Pub/Sub gives it. */
  readonly pushConfig: Readonly<Record<string, unknown>>;
  readonly endpoint: string;
  readonly account?: string;
  readonly audience?: string;
}

export interface PushAudienceChangeResult {
  readonly changed: boolean;
  readonly before: PushState;
  readonly after: PushState;
}

/** Adds one custom audience to one Cloud Run service; its undo takes it out. */
export interface CustomAudienceChange {
  readonly capability: 'add-custom-audience';
  readonly kind: 'custom-audience';
  readonly resource: string;
  readonly audience: string;
  /** The push subscription (full resource name) whose host it is; absent for an undo. */
  readonly subscription?: string;
  readonly undoes?: string;
  /** As for the ingress. */
  readonly generation?: string;
}

export interface ChangeIntent {
  readonly id: string;
  readonly project: string;
  readonly runId: string;
  readonly findingIds: readonly string[];
  readonly change: ChangeRequest;
  readonly at: number;
  /** Who said yes to it, where somebody was asked, or who had it made on a command line. */
  readonly approvedBy?: string;
  readonly approvalId?: string;
}

export interface ChangeResult {
  readonly outcome: 'applied' | 'unchanged' | 'failed';
  readonly at: number;
  /** Policies before and after, with their etags, where they are known. */
  readonly before?: Policy;
  readonly after?: Policy;
  /** The same of a service that was changed. */
  readonly serviceBefore?: ServiceState;
  readonly serviceAfter?: ServiceState;
  /** The same of a push subscription. */
  readonly pushBefore?: PushState;
  readonly pushAfter?: PushState;
  /** Google's answer was lost with the run that asked: a later run has looked what came of it, and the etag that the write left is not known. */
  readonly answerLost?: true;
  readonly code?: string;
  readonly message?: string;
  /** What a person can do about it. */
  readonly hint?: string;
}

export interface Change extends ChangeIntent {
  readonly result?: ChangeResult;
}

/** Whether a change is one of a policy. */
export function isPolicyEdit(change: ChangeRequest): change is PolicyEdit {
  return change.kind === 'add' || change.kind === 'remove';
}

/** Whether a change takes a way in away from somebody: only such changes wait for grants and stop at the limits. */
export function shutsDoor(change: ChangeRequest): boolean {
  if (change.kind === 'service-identity' || change.undoes !== undefined) return false;
  return change.kind === 'remove' || change.kind === 'ingress';
}
