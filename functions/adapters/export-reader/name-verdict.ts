import { isWord, jsonBytes } from './json-bytes.ts';
import type { SeenProject, SeenProjects } from './seen-projects.ts';

/** Kinds of asset of which it is enough to know that there is one. */
export interface SeenKinds {
  hasSubscription: boolean;
  hasIapPolicy: boolean;
}

const { backslash, slash } = jsonBytes;
const projectsPart = Buffer.from('projects/');
/** Those of run, iam and iap are of one length. */
const hosts = {
  run: Buffer.from('run.googleapis.com'),
  compute: Buffer.from('compute.googleapis.com'),
  iam: Buffer.from('iam.googleapis.com'),
  iap: Buffer.from('iap.googleapis.com'),
  pubsub: Buffer.from('pubsub.googleapis.com'),
  resourceManager: Buffer.from('cloudresourcemanager.googleapis.com'),
};
const collections = {
  services: Buffer.from('services'),
  backends: Buffer.from('backendServices'),
  negs: Buffer.from('networkEndpointGroups'),
  roles: Buffer.from('roles'),
  subscriptions: Buffer.from('subscriptions'),
  urlMaps: Buffer.from('urlMaps'),
  httpsProxies: Buffer.from('targetHttpsProxies'),
  httpProxies: Buffer.from('targetHttpProxies'),
  forwardingRules: Buffer.from('forwardingRules'),
  certificates: Buffer.from('sslCertificates'),
};

/**
 * What an asset's name alone says of its line: `read` it, `skip` it, or (a project) skip it unless it still tells
 * something about that project. The name is the bytes from `start` to `end`; one with an escape where it matters is `read`.
 */
export function nameVerdict(
  bytes: Uint8Array,
  start: number,
  end: number,
  projects: SeenProjects,
): 'read' | 'skip' | SeenProject {
  // No asset is called so: most likely a broken line, of which nothing may be believed.
  if (bytes[start] !== slash || bytes[start + 1] !== slash) return 'read';
  const host = start + 2;
  const hostEnd = nextSlash(bytes, host, end);
  const project = hostEnd + 1 + projectsPart.length;
  if (project >= end || !isWord(projectsPart, bytes, hostEnd + 1, project)) {
    if (hasEscape(bytes, start, end)) return 'read';
    const mayBeRead = isWord(hosts.resourceManager, bytes, host, hostEnd) || isWord(hosts.iam, bytes, host, hostEnd);
    return mayBeRead ? 'read' : 'skip';
  }
  const projectEnd = nextSlash(bytes, project, end);
  if (projectEnd < end && bytes[projectEnd] === backslash) return 'read';
  if (isRead(bytes, { host, hostEnd, projectEnd, end })) return 'read';
  return projects.getBytes(bytes, project, projectEnd);
}

interface NameParts {
  readonly host: number;
  readonly hostEnd: number;
  readonly projectEnd: number;
  readonly end: number;
}

/** Whether rules may read what is called so: by host and last word but one, told apart by length first, which settles most lines. */
function isRead(bytes: Uint8Array, { host, hostEnd, projectEnd, end }: NameParts): boolean {
  if (projectEnd === end) return isWord(hosts.resourceManager, bytes, host, hostEnd);
  const hostLength = hostEnd - host;
  if (hostLength !== hosts.compute.length && hostLength !== hosts.run.length && hostLength !== hosts.pubsub.length) {
    return false;
  }
  let last = end - 1;
  for (; bytes[last] !== slash; last -= 1) if (bytes[last] === backslash) return true;
  let before = last - 1;
  for (; bytes[before] !== slash; before -= 1) if (bytes[before] === backslash) return true;
  const collection = before + 1;
  switch (last - collection) {
    case collections.services.length:
      if (isWord(collections.services, bytes, collection, last) && isWord(hosts.run, bytes, host, hostEnd)) return true;
      break;
    // Forwarding rules and certificates are words of the same length.
    case collections.backends.length:
      if (
        isWord(collections.backends, bytes, collection, last) ||
        isWord(collections.forwardingRules, bytes, collection, last) ||
        isWord(collections.certificates, bytes, collection, last)
      ) {
        return isWord(hosts.compute, bytes, host, hostEnd);
      }
      break;
    case collections.urlMaps.length:
      if (isWord(collections.urlMaps, bytes, collection, last)) return isWord(hosts.compute, bytes, host, hostEnd);
      break;
    case collections.httpsProxies.length:
      if (isWord(collections.httpsProxies, bytes, collection, last)) return isWord(hosts.compute, bytes, host, hostEnd);
      break;
    case collections.httpProxies.length:
      if (isWord(collections.httpProxies, bytes, collection, last)) return isWord(hosts.compute, bytes, host, hostEnd);
      break;
    case collections.negs.length:
      if (isWord(collections.negs, bytes, collection, last)) return isWord(hosts.compute, bytes, host, hostEnd);
      break;
    case collections.roles.length:
      if (isWord(collections.roles, bytes, collection, last) && isWord(hosts.iam, bytes, host, hostEnd)) return true;
      break;
    case collections.subscriptions.length:
      if (!isWord(collections.subscriptions, bytes, collection, last)) break;
      return isWord(hosts.pubsub, bytes, host, hostEnd);
  }
  // Names of IAP resources end in many ways.
  return isWord(hosts.iap, bytes, host, hostEnd);
}

/** Where the next slash is, or the escape that may be one; `end` where there is none. */
function nextSlash(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== slash && bytes[at] !== backslash) at += 1;
  return at;
}

/** Escapes before the project and in the last two words could hide what a name is; between them they change nothing. */
function hasEscape(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (bytes[at] === backslash) return true;
  return false;
}
