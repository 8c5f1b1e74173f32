import type { AccessPath } from '../estate/access-paths.ts';
import type { NotEvaluated } from '../inventory.ts';
import type { PlanInventory } from './build-plan-inventory.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';

/** Something that the plan does not say and that a door depends on. */
export interface PlanGap {
  readonly code: 'unknown-until-apply' | 'neg-not-in-plan' | 'project-number-unknown' | 'plan-incomplete';
  readonly resource: PlannedResource | undefined;
  readonly message: string;
  readonly hint?: string;
  /** Full resource names of the services it is about; empty = nobody can tell which. */
  readonly services: readonly string[];
  /** Whether a grant may be in it: then nothing is said of missing ones. */
  readonly hidesGrants: boolean;
}

export interface PlanGaps {
  readonly gaps: readonly PlanGap[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface GapQuestion {
  readonly view: PlanView;
  readonly planned: PlanInventory;
  readonly paths: readonly AccessPath[];
  readonly needsClientId: boolean;
}
