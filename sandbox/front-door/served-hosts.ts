import type { Cloud } from '../cloud.ts';
import { findBalancer, listBalancers } from './find-balancer.ts';
import { findServiceOfHost } from './find-service.ts';
import { listAt, textsAt } from './json.ts';

/** Whether some balancer or some service of the cloud has this host: whatever else is asked for is nobody's here. */
export function servesHost(cloud: Cloud, host: string): boolean {
  const name = host.toLowerCase();
  if (name.endsWith('.run.app')) return findServiceOfHost(cloud, name) !== undefined;
  return findBalancer(cloud, name, 'https') !== undefined;
}

/** Every host and host pattern that some balancer serves, for a message. */
export function knownHosts(cloud: Cloud): string[] {
  const hosts = listBalancers(cloud).flatMap(({ domains, urlMap }) => [
    ...domains,
    ...listAt(urlMap.record, 'hostRules').flatMap((rule) => textsAt(rule, 'hosts')),
  ]);
  return [...new Set(hosts.map((host) => host.toLowerCase()))].sort();
}
