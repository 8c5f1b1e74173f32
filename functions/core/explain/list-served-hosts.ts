import { compareText } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

/** Hosts and host patterns of all balancers and services that were read, in order: for whoever mistypes one. */
export function listServedHosts({ balancers, services }: Pick<Inventory, 'balancers' | 'services'>): readonly string[] {
  const named = (balancers?.urlMaps ?? []).flatMap(({ hostRules }) => hostRules.flatMap(({ hosts }) => hosts));
  const certified = (balancers?.frontends ?? []).flatMap(({ certificates = [] }) =>
    certificates.flatMap(({ domains = [] }) => domains),
  );
  const own = [...services.values()].flatMap(({ urls }) => urls.map((url) => URL.parse(url)?.hostname ?? ''));
  const all = [...named, ...certified, ...own].map((host) => host.toLowerCase());
  return [...new Set(all)].filter((host) => host !== '' && host !== '*').sort(compareText);
}
