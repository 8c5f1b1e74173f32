import { listIapBackends } from '../../core/estate/iap-backends.ts';
import { iapLevelsOf, isIapLevel } from '../../core/estate/iap-levels.ts';
import type { Backend, Inventory, Policy, RunService } from '../../core/inventory.ts';
import type { Reading } from './reading.ts';

type Guarding = Pick<Inventory, 'backends' | 'negs' | 'services'>;

/**
 * The policies of IAP's own levels: of each IAP backend and each service with direct IAP, of their types, and of the
 * project's iap_web, once each. A level that is closed or not there is left out.
 */
export async function readIapLevels(
  reading: Reading,
  resources: Guarding,
  isEvery: boolean,
): Promise<ReadonlyMap<string, Policy>> {
  const inventory = { ...resources, projects: new Map() };
  const levels = new Set(
    listGuarded(resources, isEvery).flatMap((one) => iapLevelsOf(inventory, one).filter(isIapLevel)),
  );
  const policies = new Map<string, Policy>();
  const reads = [...levels].map(async (level) => {
    const answer = await reading.policyOf(level);
    if ('policy' in answer) policies.set(level, answer.policy);
  });
  await Promise.all(reads);
  return policies;
}

/**
 * Whom IAP lets in, at each IAP backend and each service with direct IAP: by its own levels, and by what is above, which
 * has been read for invokers. A level without a policy is a gap, never empty.
 */
export function listIapPolicies(
  inventory: Guarding & Pick<Inventory, 'projects' | 'policies'>,
  iapLevels: ReadonlyMap<string, Policy>,
  isEvery: boolean,
): Required<Pick<Inventory, 'iapPolicies' | 'iapPolicyGaps'>> {
  const iapPolicies = new Map<string, readonly Policy[]>();
  const iapPolicyGaps = new Map<string, readonly string[]>();
  for (const one of listGuarded(inventory, isEvery)) {
    const levels = iapLevelsOf(inventory, one);
    const found = levels.map((level) => iapLevels.get(level) ?? inventory.policies.get(level));
    const gaps = levels.filter((_level, position) => found[position] === undefined);
    if (gaps.length > 0) iapPolicyGaps.set(one.name, gaps);
    iapPolicies.set(
      one.name,
      found.filter((policy) => policy !== undefined),
    );
  }
  return { iapPolicies, iapPolicyGaps };
}

/** IAP backends (`isEvery`: also those that lead to nothing serverless), and services with direct IAP. */
export function listGuarded(inventory: Guarding, isEvery: boolean): readonly (Backend | RunService)[] {
  const backends = isEvery
    ? inventory.backends.filter(({ iapEnabled }) => iapEnabled)
    : listIapBackends(inventory).map(({ backend }) => backend);
  return [...backends, ...[...inventory.services.values()].filter(({ iapEnabled }) => iapEnabled)];
}
