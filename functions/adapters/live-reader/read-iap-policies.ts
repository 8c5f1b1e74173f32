import { listIapBackends } from '../../core/iap-backends.ts';
import { iapLevelsOf, isIapLevel } from '../../core/iap-levels.ts';
import type { Inventory, Policy } from '../../core/inventory.ts';
import type { Reading } from './reading.ts';

/**
 * Whom IAP lets in, at each IAP backend and each service with direct IAP: its own level, the type's and the project's
 * iap_web, once each; what is above has been read for invokers. A level that is closed or not there is a gap, never empty.
 */
export async function readIapPolicies(
  reading: Reading,
  inventory: Pick<Inventory, 'backends' | 'negs' | 'services' | 'projects' | 'policies'>,
): Promise<Required<Pick<Inventory, 'iapPolicies' | 'iapPolicyGaps'>>> {
  const guarded = [
    ...listIapBackends(inventory).map(({ backend }) => backend),
    ...[...inventory.services.values()].filter(({ iapEnabled }) => iapEnabled),
  ].map((one) => ({ name: one.name, levels: iapLevelsOf(inventory, one) }));
  const own = new Set(guarded.flatMap(({ levels }) => levels.filter(isIapLevel)));
  const policies = new Map(inventory.policies);
  const reads = [...own].map(async (level) => {
    const answer = await reading.policyOf(level);
    if ('policy' in answer) policies.set(level, answer.policy);
  });
  await Promise.all(reads);

  const iapPolicies = new Map<string, readonly Policy[]>();
  const iapPolicyGaps = new Map<string, readonly string[]>();
  for (const { name, levels } of guarded) {
    const gaps = levels.filter((level) => !policies.has(level));
    if (gaps.length > 0) iapPolicyGaps.set(name, gaps);
    const read = levels.map((level) => policies.get(level)).filter((policy) => policy !== undefined);
    iapPolicies.set(name, read);
  }
  return { iapPolicies, iapPolicyGaps };
}
