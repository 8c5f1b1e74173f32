import type { Certificate, Frontend, UrlMap } from '../inventory.ts';

/** Which of a URL map's rules takes a host. */
export interface HostRule {
  /** Absent: no host rule takes it, the map's default target does. */
  readonly pathMatcher?: string;
  /** The rule names the host itself, or a part of it; a `*` takes whatever comes. */
  readonly isNamed: boolean;
}

/**
 * Exact names first, then the longest pattern that begins with `*`, then `*` alone (FACTS 3, Google's urlMaps reference:
 * `*` stands first and is followed by `.` or `-`). A rule with a port takes only requests to that port.
 */
export function matchHost({ hostRules }: Pick<UrlMap, 'hostRules'>, host: string, port = ''): HostRule {
  let best: { readonly rank: number; readonly rule: HostRule } | undefined;
  for (const { hosts, pathMatcher } of hostRules) {
    for (const pattern of hosts) {
      const rank = rankOf(pattern.toLowerCase(), host, port);
      if (rank !== undefined && (!best || rank > best.rank)) best = { rank, rule: { pathMatcher, isNamed: rank > 0 } };
    }
  }
  return best?.rule ?? { isNamed: false };
}

/** Higher wins; undefined = the pattern does not take the host. */
function rankOf(pattern: string, host: string, port: string): number | undefined {
  if (pattern === '*') return 0;
  if (pattern === host || (port !== '' && pattern === `${host}:${port}`)) return Number.POSITIVE_INFINITY;
  const isWildcard = /^\*[.-]./.test(pattern);
  return isWildcard && host.length >= pattern.length && host.endsWith(pattern.slice(1)) ? pattern.length : undefined;
}

/** Whether a frontend's certificates hold the host; undefined = some of them are not known, and none that is known does. */
export function isCovered({ protocol, certificates }: Frontend, host: string): boolean | undefined {
  if (protocol === 'http') return undefined;
  if (!certificates) return undefined;
  if (certificates.some((one) => holds(one, host))) return true;
  return certificates.every(({ domains }) => domains !== undefined) ? false : undefined;
}

/** `*.x` stands for one label, as everywhere in TLS. */
function holds({ domains = [] }: Certificate, host: string): boolean {
  const parent = host.slice(host.indexOf('.'));
  return domains.some((domain) => domain === host || (domain.startsWith('*.') && domain.slice(1) === parent));
}

/** Whether a frontend listens on a port: `443`, `443-443`, `80,8080`. */
export function listensOn({ ports }: Pick<Frontend, 'ports'>, port: number): boolean {
  if (ports === '') return true;
  return ports.split(',').some((range) => {
    const [first, last = first] = range.trim().split('-').map(Number);
    return first !== undefined && last !== undefined && first <= port && port <= last;
  });
}
