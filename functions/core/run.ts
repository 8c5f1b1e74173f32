import type { Change } from './change/change.ts';
import type { Evaluation } from './evaluate.ts';
import type { Finding, Mode } from './finding.ts';
import type { NotEvaluated, Unreadable } from './inventory.ts';
import type { LeftAlone, Plan } from './plan/plan.ts';

/** A request is only a key: what the event said is not believed, the present is read. */
export interface ReconcileKey {
  /** Canonical project name. */
  readonly project: string;
  readonly reason: 'event' | 'sweep' | 'own-write' | 'manual' | 'approval';
  /** Unique per run; holder of the lease and prefix of change ids. */
  readonly runId: string;
  /** Name of the queue's task: delivered again, it takes over the lease of the run before it. */
  readonly task?: string;
  readonly eventId?: string;
  readonly actor?: string;
  /** Who has the changes made, on a command line; as `findAccountEmail` knows them. */
  readonly by?: string;
  /** What the event was about: full resource name and method. A hint at who caused what is found, and no more. */
  readonly resource?: string;
  readonly method?: string;
}

export interface ReconcileOptions {
  /** Modes that are applied; `enforce` alone unless a person says yes. */
  readonly modes?: readonly Mode[];
  /** Asked with the exact plan before the first write; false = nothing is written. */
  readonly confirm?: (plan: Plan, evaluation: Evaluation) => Promise<boolean>;
  /** Changes allowed in this run instead of the settings' limits: for a plan that a person confirms by name. */
  readonly maxChanges?: number;
  /** Changes that an earlier pass of the same run has made: they count towards its limit. */
  readonly spent?: number;
  /** A person who sees the list confirms it by name: what others contest is on it too. */
  readonly confirmsContested?: boolean;
  /** A pass that only opens: what would shut a door is left for the next one. */
  readonly shutsNothing?: boolean;
}

export interface ReconcileResult {
  /** `clean`: nothing is wrong. `fixed`: something was wrong and no longer is. `reported`: people were told. `waiting`: something waits for a person, a limit or a hold. */
  readonly outcome: 'clean' | 'fixed' | 'reported' | 'waiting';
  readonly project: string;
  /** What is still wrong afterwards. */
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
  /** Client IDs that IAM refused as members in this run; they are neither changes nor findings. */
  readonly refusedClientIds: readonly string[];
  readonly left: readonly LeftAlone[];
  /** Capabilities that could change something now and that another function has. */
  readonly elsewhere: readonly string[];
  readonly unreadable: readonly Unreadable[];
  readonly notEvaluated: readonly NotEvaluated[];
}
