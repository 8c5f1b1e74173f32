import { backendId } from '../commands/backend-commands.ts';
import { buildServiceCommand } from '../commands/service-commands.ts';
import { resolveNegTargets } from '../estate/access-paths.ts';
import type { Backend, Inventory, RouteTarget, UrlMap } from '../inventory.ts';
import type { Lead } from './follow-host.ts';

/**
 * Where a balancer does nothing but put IAP before one service of one region, IAP on the service itself does the same without
 * it: no second door, no grant to forget in another region. Cloud Armor and certificates may be reasons of their own.
 */
export function adviseDirectIap(leads: readonly Lead[], inventory: Inventory): readonly string[] {
  const backends = new Set(leads.flatMap(({ to }) => (to && 'backend' in to ? [to.backend] : [])));
  return [...backends].flatMap((backend) => adviseFor(backend, inventory));
}

function adviseFor(backend: Backend, { balancers, negs, services }: Inventory): readonly string[] {
  const [group, ...others] = backend.groups;
  const neg = group === undefined ? undefined : negs.get(group);
  if (!backend.iapEnabled || backend.enableCdn || !neg || others.length > 0 || !balancers) return [];
  const [service, ...more] = resolveNegTargets(neg, services, 'observe').services;
  const maps = balancers.urlMaps.filter((map) => targetsOf(map).some((target) => leadsTo(target, backend)));
  const isAlone = maps.every((map) => targetsOf(map).every((one) => one.kind === 'redirect' || isOnly(one, backend)));
  if (!service || more.length > 0 || service.iapEnabled || maps.length === 0 || !isAlone) return [];
  const command = buildServiceCommand(service, 'update', ['--iap']);
  return [
    `Only ${service.region} serves, and the balancer leads nowhere else: if it is there for IAP alone, and not for its host name or Cloud Armor, IAP on ${service.service} itself needs no balancer. Take IAP off ${backendId(backend)} then (Google does not support both): ${command}`,
  ];
}

function targetsOf({ defaultTarget, pathMatchers }: UrlMap): readonly RouteTarget[] {
  const inner = pathMatchers.flatMap((matcher) => [
    matcher.defaultTarget,
    ...[...matcher.pathRules, ...matcher.routeRules].map(({ target }) => target),
  ]);
  return [defaultTarget, ...inner];
}

function leadsTo(target: RouteTarget, { name }: Backend): boolean {
  return target.kind === 'backends' && target.backends.some(({ backend }) => backend === name);
}

function isOnly(target: RouteTarget, { name }: Backend): boolean {
  return target.kind === 'backends' && target.backends.every(({ backend }) => backend === name);
}
