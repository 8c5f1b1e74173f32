import type { Settings } from '../config.ts';
import { rules as allRules } from '../rules/index.ts';
import type { FindingDraft, Rule } from '../rules/rule.ts';
import { type AccessPath, resolveAccessPaths } from './estate/access-paths.ts';
import { lowerMode } from './estate/consent.ts';
import { projectOf, regionOf } from './estate/resource-name.ts';
import { listUnjudgedClients, resolveWantedIdentities, type WantedIdentity } from './estate/wanted-identities.ts';
import { buildFindingId, compareFindings, compareText, type Finding } from './finding.ts';
import type { Inventory, NotEvaluated, Unreadable } from './inventory.ts';
import type { Memory } from './memory.ts';
import { type ExemptFinding, splitExempt } from './settings/exemptions.ts';
import { modeLimit } from './settings/mode-limit.ts';

/** What an inventory means: paths, findings in their fixed order, and all that could not be said. */
export interface Evaluation {
  readonly paths: readonly AccessPath[];
  /** Who must get through each service's inner door. */
  readonly wanted: readonly WantedIdentity[];
  readonly findings: readonly Finding[];
  /** Findings that settings exempt, and by which decision; not among `findings`. */
  readonly exempt: readonly ExemptFinding[];
  readonly unreadable: readonly Unreadable[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface EvaluateOptions {
  readonly settings: Settings;
  /** Client IDs that IAM is known to refuse (ledger); empty without a ledger. */
  readonly rejectedClientIds?: ReadonlySet<string>;
  readonly rules?: readonly Rule[];
  /** Milliseconds since the epoch; without it no exemption holds. */
  readonly now?: number;
  /** IAP service agents that IAM refused as non-existent in this run; absent for a run that writes nothing. */
  readonly refusedAgents?: readonly string[];
  /** What the ledger remembers; absent without one. */
  readonly memory?: Memory;
}

/** Resolves access paths and runs every rule. Pure: the same inventory and settings give the same evaluation. */
export function evaluate(inventory: Inventory, options: EvaluateOptions): Evaluation {
  const { settings, rejectedClientIds = new Set<string>(), rules = allRules } = options;
  const resolved = resolveAccessPaths(inventory, settings.urlMask);
  const { wanted, unreadable } = resolveWantedIdentities(
    inventory,
    resolved.paths,
    settings.identity,
    rejectedClientIds,
  );
  const written = options.refusedAgents === undefined ? {} : { refusedAgents: options.refusedAgents };
  const remembered = options.memory === undefined ? {} : { memory: options.memory };
  const estate = { inventory, paths: resolved.paths, wanted, settings, ...written, ...remembered };
  const findings = rules.flatMap((rule) =>
    rule.evaluate(estate).map((draft) => completeFinding(rule.id, draft, inventory, settings)),
  );
  const { open, exempt } = splitExempt(findings.sort(compareFindings), settings.exemptions, options.now);
  return {
    paths: resolved.paths,
    wanted,
    findings: open,
    exempt,
    unreadable: sortUnreadable([
      ...inventory.unreadable,
      ...resolved.unreadable,
      ...unreadable,
      ...listUnjudgedClients(inventory),
    ]),
    notEvaluated: [
      ...inventory.notEvaluated,
      ...resolved.notEvaluated,
      ...rules.flatMap((rule) => rule.notEvaluated?.(estate) ?? []),
    ],
  };
}

/** Sorted, and each gap once: the reader's own word for it comes first and stays. */
function sortUnreadable(all: readonly Unreadable[]): readonly Unreadable[] {
  const first = new Map<string, Unreadable>();
  for (const one of all) {
    const key = `${one.resource}\n${one.code}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()].sort((a, b) => compareText(a.resource, b.resource) || compareText(a.code, b.code));
}

function completeFinding(rule: string, draft: FindingDraft, inventory: Inventory, settings: Settings): Finding {
  const { actions, gcloud, terraform, ...rest } = draft;
  const capabilities: readonly string[] = settings.capabilities;
  return {
    id: buildFindingId(rule, draft.resource, draft.subject),
    rule,
    ...rest,
    mode: lowerMode(draft.mode, modeLimit(rule, draft.resource, inventory, settings)),
    project: projectOf(draft.resource),
    region: regionOf(draft.resource),
    fix: { actions: actions.filter((action) => capabilities.includes(action.kind)), gcloud, terraform },
  };
}
