import { type Change, isPolicyEdit } from '../change/change.ts';
import { isAgentMember } from '../estate/identity.ts';

/**
 * IAP service agents that IAM refused as non-existent when they were last to be granted, by changes in the ledger's order
 * (newest first). A grant that went through, or an agent created since, ends it.
 */
export function listRefusedAgents(changes: readonly Change[]): readonly string[] {
  const refused = new Set<string>();
  for (const { change, result } of [...changes].reverse()) {
    if (change.kind === 'service-identity' && result?.outcome === 'applied') refused.clear();
    if (!isPolicyEdit(change) || change.kind !== 'add') continue;
    const agents = change.members.filter(isAgentMember);
    if (result?.outcome === 'failed') {
      // Several members in one write: which of them is unknown, the tries of each alone tell.
      if (result.code === 'principal-does-not-exist' && change.members.length === 1)
        for (const one of agents) refused.add(one);
    } else {
      for (const one of agents) refused.delete(one);
    }
  }
  return [...refused];
}
