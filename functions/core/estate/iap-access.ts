import { hasCondition } from '../change/policy-edit.ts';
import type { Backend, Inventory, NotEvaluated, RunService } from '../inventory.ts';
import { listIapBackends } from './iap-backends.ts';
import { iapLevelsOf } from './iap-levels.ts';

/** The role by which people and push accounts get through IAP. */
export const accessorRole = 'roles/iap.httpsResourceAccessor';

/** One member's way through IAP, in the policy of one level. */
export interface Accessor {
  readonly member: string;
  /** Full resource name of the backend's IAP resource, or of what is above it. */
  readonly level: string;
  /** Its expression, empty where it has none; absent = unconditional. */
  readonly condition?: string;
}

export interface IapAccess {
  readonly accessors: readonly Accessor[];
  /** Levels whose policy could not be read: somebody may be let in there. */
  readonly gaps: readonly string[];
}

/** Whom IAP lets through to a backend or a service with direct IAP, at every level; undefined where nothing of it was read. */
export function readIapAccess(inventory: Inventory, guarded: Backend | RunService): IapAccess | undefined {
  const policies = inventory.iapPolicies?.get(guarded.name);
  if (!policies) return undefined;
  const gaps = inventory.iapPolicyGaps?.get(guarded.name) ?? [];
  const levels = iapLevelsOf(inventory, guarded).filter((level) => !gaps.includes(level));
  const accessors = policies.flatMap(({ bindings = [] }, at) =>
    bindings
      .filter(({ role }) => role === accessorRole)
      .flatMap((binding) => {
        const condition = hasCondition(binding) ? { condition: binding.condition?.expression ?? '' } : {};
        return (binding.members ?? []).map((member) => ({ member, level: levels[at] ?? guarded.name, ...condition }));
      }),
  );
  return { accessors, gaps };
}

/**
 * Where `rule` cannot be judged because IAP policies were not read: once for all IAP backends, or backend by backend
 * where `isBlank` says of what was read that too much is missing. An export without any such line says so itself.
 */
export function listIapBlanks(
  rule: string,
  inventory: Inventory,
  isBlank: (access: IapAccess) => boolean,
): readonly NotEvaluated[] {
  const backends = listIapBackends(inventory);
  const isLive = inventory.source.kind === 'live';
  if (!inventory.iapPolicies) return isLive && backends.length > 0 ? [{ rule, reason: 'iap-policies-not-read' }] : [];
  return backends.flatMap(({ backend }) => {
    const access = readIapAccess(inventory, backend);
    if (access && !isBlank(access)) return [];
    const reason = isLive
      ? access
        ? 'iap-policy-not-readable'
        : 'iap-policies-not-read'
      : 'iap-policies-not-in-input';
    return [{ rule, reason, resource: backend.name }];
  });
}
