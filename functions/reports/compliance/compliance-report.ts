import type { Change } from '../../core/change/change.ts';
import type { Severity } from '../../core/finding.ts';
import type { Pause } from '../../core/ledger.ts';
import type { Approval, FindingStay, Sweep } from '../../core/people.ts';
import type { ScanReport } from '../scan-report.ts';

/** What an auditor reads: what is so now, what was so in a period, and who did what about it. Times in milliseconds since the epoch. */
export interface ComplianceReport {
  readonly schema: 'sallyport.report/v1';
  readonly id: string;
  readonly generatedAt: number;
  readonly period: { readonly from: number; readonly to: number };
  /** Settings that were in force, by their hash. */
  readonly settingsHash: string;
  /** Which Sallyport wrote it: the function's revision, or the command. */
  readonly writtenBy: string;
  /** Exactly what `scan --format json` says at the same moment. */
  readonly scan: ScanReport;
  /** Projects in scope, and those of them that could not be read at all: these are never compliant. */
  readonly projects: readonly string[];
  readonly unreadableProjects: readonly { readonly project: string; readonly code: string }[];
  readonly paths: readonly ReportedPath[];
  /** Absent = there is no ledger: nothing is known of the past. */
  readonly history?: ReportedHistory;
  readonly exemptions: readonly ReportedExemption[];
}

export interface ReportedPath {
  /** Absent for direct IAP. */
  readonly backend?: string;
  readonly service: string;
  readonly region: string;
  readonly state: 'compliant' | 'not-compliant' | 'unreadable';
  /** The worst finding on the service. */
  readonly worst?: Severity;
}

export interface ReportedHistory {
  /** Findings that were open at some time in the period, oldest first. */
  readonly stays: readonly FindingStay[];
  readonly days: readonly ReportedDay[];
  readonly repairs: Repairs;
  /** Newest first. */
  readonly changes: readonly Change[];
  readonly approvals: readonly Approval[];
  readonly sweeps: readonly Sweep[];
  readonly pauses: readonly Pause[];
}

/** One day (UTC) of the period. */
export interface ReportedDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly opened: number;
  readonly resolved: number;
  /** Open at the end of the day. */
  readonly open: number;
}

/** How long findings that were resolved in the period had been open; exempt ones were not resolved. */
export interface Repairs {
  readonly count: number;
  /** Of these, by a change of Sallyport's own. */
  readonly bySallyport: number;
  /** Beside these: found and mended in one run, so that nobody could see how long they had been there. */
  readonly atOnce: number;
  /** Absent where nothing was resolved. */
  readonly meanMs?: number;
  readonly medianMs?: number;
  readonly longestMs?: number;
}

export interface ReportedExemption {
  readonly rule: string;
  readonly resource: string;
  readonly subject?: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
  /** Whole days until it ends; 0 or less = it has ended. */
  readonly daysLeft: number;
  /** How many findings it covers now. */
  readonly covers: number;
}
