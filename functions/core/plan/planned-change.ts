import type { StepApproval } from '../approval/approved-steps.ts';
import type { ChangeRequest } from '../change/change.ts';
import type { Finding } from '../finding.ts';

/** One write that is to be made, and the findings it settles. */
export interface PlannedChange {
  readonly change: ChangeRequest;
  readonly findingIds: readonly string[];
  /** The first write of a client ID that IAM has never taken: it stands alone and may be refused (DESIGN 4). */
  readonly trial: boolean;
  /** Who said yes to it; absent where nobody had to be asked. */
  readonly approval?: StepApproval;
}

/** A planned change with its findings whole. */
export interface Write extends Omit<PlannedChange, 'findingIds'> {
  readonly findings: readonly Finding[];
}
