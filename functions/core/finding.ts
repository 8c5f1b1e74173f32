import { createHash } from 'node:crypto';
import type { AddCustomAudience } from '../actions/add-custom-audience.ts';
import type { CreateServiceIdentity } from '../actions/create-service-identity.ts';
import type { GrantIapAccessor } from '../actions/grant-iap-accessor.ts';
import type { GrantInvoker } from '../actions/grant-invoker.ts';
import type { RestrictIngress } from '../actions/restrict-ingress.ts';
import type { RevokeInvoker } from '../actions/revoke-invoker.ts';
import type { SetPushAudience } from '../actions/set-push-audience.ts';

/** The only list of what can be done about a finding; each kind is a file in `actions/` and a capability. */
export type Action =
  | GrantInvoker
  | RevokeInvoker
  | RestrictIngress
  | CreateServiceIdentity
  | SetPushAudience
  | GrantIapAccessor
  | AddCustomAudience;

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** `observe`: tell. `approve`: ask a person, then fix. `enforce`: fix, then tell. */
export type Mode = 'observe' | 'approve' | 'enforce';

/** One violated rule on one resource. Field meanings: CONTRACT 4. */
export interface Finding {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly mode: Mode;
  readonly project: string;
  readonly region: string;
  readonly resource: string;
  readonly subject: string;
  readonly message: string;
  readonly hint: string;
  readonly want: readonly string[];
  readonly have: readonly string[];
  readonly via: readonly string[];
  readonly fix: Fix;
  readonly actor?: string;
  readonly note?: string;
}

export interface Fix {
  /** What Sallyport itself would do; empty where the capability is off. */
  readonly actions: readonly Action[];
  /** Commands for a person, always given. */
  readonly gcloud: readonly string[];
  readonly terraform: string;
}

/** First 16 hex digits of sha256(`rule\nresource\nsubject`): the same finding has the same id in every run and from every source. */
export function buildFindingId(rule: string, resource: string, subject: string): string {
  return createHash('sha256').update(`${rule}\n${resource}\n${subject}`).digest('hex').slice(0, 16);
}

export const severityRank: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** Order of findings everywhere: severity, then resource, rule, subject by code unit. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severityRank[a.severity] - severityRank[b.severity] ||
    compareText(a.resource, b.resource) ||
    compareText(a.rule, b.rule) ||
    compareText(a.subject, b.subject)
  );
}

/** Order by UTF-16 code unit, whatever the locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
