import type { PermissionList } from '../permission-list.ts';
import type { PlanCase } from '../plan-cases.ts';
import type { ResourceGraph } from '../read-graph.ts';
import type { PlannedResource } from '../read-plan.ts';

export interface PlanToCheck {
  readonly planCase: PlanCase;
  readonly resources: readonly PlannedResource[];
  readonly list: PermissionList;
  /** Environment variables that a function cannot start without: entry point -> names. */
  readonly required: ReadonlyMap<string, readonly string[]>;
  /** Google APIs that functions call, as functions/adapters/api-root.ts names them. */
  readonly called: readonly string[];
  /** What each resource waits for. */
  readonly graph: ResourceGraph;
}

/** A rule says what is wrong in a plan, one line a thing; nothing = the promise holds. */
export interface PlanRule {
  readonly id: string;
  readonly promise: string;
  readonly check: (plan: PlanToCheck) => readonly string[];
}
