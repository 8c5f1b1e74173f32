import { mayInvoke } from '../../core/estate/access.ts';
import { accessorRole } from '../../core/estate/iap-access.ts';
import { parsePolicy } from '../../core/estate/normalize/policy.ts';
import type { Binding, Policy } from '../../core/inventory.ts';
import { createInterner } from './interner.ts';

/** One object for all services without grants: there may be a hundred thousand. */
export const emptyPolicy: Policy = Object.freeze({ bindings: [] });

/**
 * Reads policies down to the bindings that rules look at, those of roles that may let somebody invoke or pass IAP: a project's
 * policy may hold hundreds of others. Equal policies come out as one object, as most services of an estate are granted
 * to the same principals. Undefined for what is no policy.
 */
export function createPolicyParser(): (raw: unknown) => Policy | undefined {
  const intern = createInterner();
  const policies = new Map<string, Policy>();

  return (raw) => {
    const policy = parsePolicy(raw);
    if (!policy) return undefined;
    const kept = (policy.bindings ?? []).filter(({ role }) => mayInvoke(role) || role === accessorRole);
    if (kept.length === 0) return emptyPolicy;
    const key = kept.some(({ condition }) => condition) ? undefined : buildKey(kept);
    const known = key === undefined ? undefined : policies.get(key);
    if (known) return known;
    const compact = {
      bindings: kept.map(({ role, members = [], condition }) => ({
        role: intern(role),
        members: members.map(intern),
        ...(condition === undefined ? {} : { condition }),
      })),
    };
    if (key !== undefined && policies.size < mostPolicies) policies.set(key, compact);
    return compact;
  };
}

const mostPolicies = 20_000;

function buildKey(bindings: readonly Binding[]): string {
  let key = '';
  for (const { role, members = [] } of bindings) key += `${role}\n${members.join('\n')}\n\n`;
  return key;
}
