import type { Settings } from '../config.ts';
import type { AccessPath } from '../core/estate/access-paths.ts';
import type { WantedIdentity } from '../core/estate/wanted-identities.ts';
import type { Action, Finding } from '../core/finding.ts';
import type { Inventory, NotEvaluated } from '../core/inventory.ts';
import type { Memory } from '../core/memory.ts';

/** A rule: a name and one pure function. It never reads, writes, logs or formats. Its page is `docs/rules/<id>.md`. */
export interface Rule {
  readonly id: string;
  evaluate(estate: Estate): readonly FindingDraft[];
  /** What this estate does not let the rule say; without it the rule always says all. */
  notEvaluated?(estate: Estate): readonly NotEvaluated[];
}

/** What rules look at: the inventory, and what follows from it. */
export interface Estate {
  readonly inventory: Inventory;
  readonly paths: readonly AccessPath[];
  readonly wanted: readonly WantedIdentity[];
  readonly settings: Settings;
  /** IAP service agents that IAM refused as non-existent when they were to be granted; absent = nothing was written. */
  readonly refusedAgents?: readonly string[];
  /** What the ledger remembers; absent = there is no ledger to ask. */
  readonly memory?: Memory;
}

/** A finding before the parts that are the same for all rules: id, project, region, and what settings take away. */
export interface FindingDraft
  extends Pick<Finding, 'severity' | 'mode' | 'resource' | 'subject' | 'message' | 'hint' | 'want' | 'have' | 'via'> {
  readonly actions: readonly Action[];
  readonly gcloud: readonly string[];
  readonly terraform: string;
  readonly note?: string;
}
