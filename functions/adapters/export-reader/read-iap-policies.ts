import { listIapBackends } from '../../core/estate/iap-backends.ts';
import { iapLevelsOf, isIapLevel } from '../../core/estate/iap-levels.ts';
import type { Inventory, Policy } from '../../core/inventory.ts';
import { emptyPolicy } from './parse-asset-policy.ts';

type IapPolicies = Pick<Inventory, 'iapPolicies' | 'iapPolicyGaps'>;

/**
 * Who may pass IAP, backend by backend (CONTRACT 3): nothing where no IAP policy line lies in its project. Where one does,
 * a level of IAP's own without line has an empty policy; a project, folder or organisation without line is a gap, as an
 * accessor may be inherited from there.
 */
export function readIapPolicies(
  inventory: Pick<Inventory, 'backends' | 'negs' | 'projects'>,
  policies: ReadonlyMap<string, Policy>,
  projectsWithIapLine: ReadonlySet<string>,
): IapPolicies {
  const iapPolicies = new Map<string, readonly Policy[]>();
  const iapPolicyGaps = new Map<string, readonly string[]>();
  for (const { backend } of listIapBackends(inventory)) {
    if (!projectsWithIapLine.has(backend.project)) continue;
    const levels = iapLevelsOf(inventory, backend);
    const gaps = levels.filter((level) => !policies.has(level) && !isIapLevel(level));
    const read = levels.filter((level) => !gaps.includes(level));
    iapPolicies.set(
      backend.name,
      read.map((level) => policies.get(level) ?? emptyPolicy),
    );
    if (gaps.length > 0) iapPolicyGaps.set(backend.name, gaps);
  }
  return { iapPolicies, iapPolicyGaps };
}
