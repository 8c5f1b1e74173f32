import { buildIdentityCommand } from '../../actions/create-service-identity.ts';
import { type Change, shutsDoor } from '../change/change.ts';
import { projectOf } from '../estate/resource-name.ts';
import { type EvaluateOptions, type Evaluation, evaluate } from '../evaluate.ts';
import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

/** What is so after the changes of a run: the inventory as they left it, and what it means. */
export interface SecondLook {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
}

/**
 * Looks at the estate again with what the writes answered, without reading anything. What a removal settles is judged by
 * the rules themselves (a member may hold the role above as well), and so is an agent that IAM does not know.
 */
export function lookAgain(
  inventory: Inventory,
  {
    changes,
    evaluation,
    options,
  }: {
    readonly changes: readonly Change[];
    readonly evaluation: Evaluation;
    readonly options: EvaluateOptions;
  },
): SecondLook {
  const after = withChanges(inventory, changes);
  const changed = new Set(changes.map(({ change }) => change.resource));
  const isNew =
    changes.some(({ change, result }) => shutsDoor(change) || result?.outcome === 'failed') ||
    // What a person has done in spite of a contest has ended it.
    evaluation.findings.some(({ rule, resource }) => rule === 'contested' && changed.has(resource));
  const { findings } = isNew ? evaluate(after, options) : evaluation;
  return { inventory: after, findings: findings.map((finding) => withRefusal(finding, changes)) };
}

function withChanges(inventory: Inventory, changes: readonly Change[]): Inventory {
  const policies = new Map(inventory.policies);
  const services = new Map(inventory.services);
  for (const { change, result } of changes) {
    if (result?.after) policies.set(change.resource, result.after);
    const service = services.get(change.resource);
    if (service && result?.serviceAfter)
      services.set(change.resource, { ...service, ingress: result.serviceAfter.ingress });
  }
  return { ...inventory, policies, services };
}

/** Nobody documents which permission creates a service agent (FACTS 9.1): where Google says no, a person has to ask somebody. */
function withRefusal(finding: Finding, changes: readonly Change[]): Finding {
  const refused = changes.find(
    ({ change, findingIds, result }) =>
      change.kind === 'service-identity' && result?.outcome === 'failed' && findingIds.includes(finding.id),
  );
  if (!refused) return finding;
  const command = buildIdentityCommand(projectOf(finding.resource));
  return {
    ...finding,
    note: `Google refused it (${refused.result?.message ?? ''}). Ask an administrator to run: ${command}`,
  };
}
