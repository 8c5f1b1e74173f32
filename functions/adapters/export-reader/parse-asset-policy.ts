import { mayInvoke } from '../../core/access.ts';
import type { Binding, Policy } from '../../core/inventory.ts';
import { parsePolicy } from '../../core/normalize/policy.ts';
import { createInterner } from './interner.ts';

/** One object for all services without grants: there may be a hundred thousand. */
export const emptyPolicy: Policy = Object.freeze({ bindings: [] });

/**
 * Reads policies down to the bindings that rules look at, those of roles that may let somebody invoke: a project's
 * policy may hold hundreds of others. Equal policies come out as one object, as most services of an estate are granted
 * to the same principals. Undefined for what is no policy.
 */
export function createPolicyParser(): (raw: unknown) => Policy | undefined {
  const intern = createInterner();
  const policies = new Map<string, Policy>();

  return (raw) => {
    const policy = parsePolicy(raw);
    if (!policy) return undefined;
    const invoking = (policy.bindings ?? []).filter(({ role }) => mayInvoke(role));
    if (invoking.length === 0) return emptyPolicy;
    const key = invoking.some(({ condition }) => condition) ? undefined : buildKey(invoking);
    const known = key === undefined ? undefined : policies.get(key);
    if (known) return known;
    const compact = {
      bindings: invoking.map(({ role, members = [], condition }) => ({
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
