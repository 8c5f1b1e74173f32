import type { Settings } from '../../config.ts';
import { resolveNegTargets } from '../../core/estate/access-paths.ts';
import type { Resources } from './read-resources.ts';

/**
 * Services (full resource names) behind backends that had IAP on and have it off: whoever may invoke them decides how bad
 * that is, however long ago it was.
 */
export function listServicesOnceBehindIap(
  { backends, negs, services }: Pick<Resources, 'backends' | 'negs' | 'services'>,
  hadIapOn: readonly string[],
  urlMask: Settings['urlMask'],
): readonly string[] {
  const had = new Set(hadIapOn);
  const groups = backends.filter(({ name, iapEnabled }) => !iapEnabled && had.has(name)).flatMap((one) => one.groups);
  const behind = groups.flatMap((group) => {
    const neg = negs.get(group);
    return neg ? resolveNegTargets(neg, services, urlMask).services : [];
  });
  return [...new Set(behind.map(({ name }) => name))];
}
