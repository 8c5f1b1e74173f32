import { quoteShell } from '../commands/command-text.ts';
import { parseComputeName } from '../estate/resource-name.ts';
import { isCovered, matchHost } from '../hosts/match-host.ts';
import type { MatchDoubt } from '../hosts/match-route.ts';
import { type Candidate, matchUrl, type UrlMatch } from '../hosts/match-url.ts';
import type { Backend, Balancers, Frontend, Inventory, RouteTarget, RunService } from '../inventory.ts';
import type { Answer, Hop } from './hop.ts';
import { listServedHosts } from './list-served-hosts.ts';
import type { Request } from './request.ts';
import { notFound } from './words.ts';

/** One way that a URL may take, as far as the balancer decides it. */
export interface Lead {
  readonly hops: readonly Hop[];
  readonly assuming: readonly string[];
  /** Absent: the way ends here, with `answer` or in what was not read. */
  readonly to?: { readonly backend: Backend } | { readonly service: RunService };
  readonly answer?: Answer;
}

/** `nobody`: no balancer and no service that was read has this host; `served` are those that are there. */
export type Followed =
  | { readonly kind: 'nobody'; readonly served: readonly string[] }
  | { readonly kind: 'leads'; readonly leads: readonly Lead[] };

/** From a URL to backends, or to the service whose own URL it is. */
export function followHost(request: Request, inventory: Inventory): Followed {
  const { balancers } = inventory;
  if (request.host.endsWith('.run.app')) return followRunApp(request, inventory);
  if (!balancers) {
    const why = 'URL maps and forwarding rules were not read: nobody can say where the host leads.';
    return { kind: 'leads', leads: [endUnknown([{ ...blank('host'), why }])] };
  }
  const match = matchByAddress(request, balancers) ?? matchUrl(request.url, balancers);
  if (match.candidates.length === 0) {
    if (match.certainty === 'certain') return { kind: 'nobody', served: listServedHosts(inventory) };
    const why = `No balancer that was read serves ${request.host}; these could not be read: ${(balancers.unread ?? []).join(', ')}.`;
    return { kind: 'leads', leads: [endUnknown([{ ...blank('host'), why, read: balancers.unread ?? [] }])] };
  }
  return {
    kind: 'leads',
    leads: match.candidates.flatMap((one) => followCandidate(one, match, { request, inventory })),
  };
}

function followRunApp({ host, path }: Request, inventory: Inventory): Followed {
  const { services, projects } = inventory;
  const service = [...services.values()].find(({ urls, service, project, region }) => {
    const number = projects.get(project)?.number;
    return host === `${service}-${number}.${region}.run.app` || urls.some((url) => URL.parse(url)?.hostname === host);
  });
  if (!service) return { kind: 'nobody', served: listServedHosts(inventory) };
  const read = [service.name];
  if (path === '/healthz') {
    const why = `Google's front end answers ${path} on run.app itself, before IAP and Cloud Run.`;
    const hop: Hop = { hop: 'host', state: 'fail', why, read, commands: [] };
    return { kind: 'leads', leads: [{ hops: [hop], assuming: [], answer: notFound }] };
  }
  const why = `${host} is the own URL of ${service.service} in ${service.region}: no balancer stands before it.`;
  return {
    kind: 'leads',
    leads: [{ hops: [{ hop: 'host', state: 'pass', why, read, commands: [] }], assuming: [], to: { service } }],
  };
}

/**
 * Plain http has no certificate to say whose host it is; what shares the address of the balancer that has the host over https
 * is that balancer. Undefined: that does not help.
 */
function matchByAddress({ url, host, scheme }: Request, balancers: Balancers): UrlMatch | undefined {
  if (scheme !== 'http' || !matchUrl(url, balancers).why.includes('certificates-not-known')) return undefined;
  const secure = matchUrl(`https://${host}/`, balancers).candidates;
  if (secure.length !== 1 || secure.some(({ doubts }) => doubts.includes('certificates-not-known'))) return undefined;
  const addresses = new Set(secure.flatMap(({ frontends }) => frontends.map(({ address }) => address)));
  const frontends = balancers.frontends.filter(({ address }) => address !== undefined && addresses.has(address));
  const { candidates, ...match } = matchUrl(url, { ...balancers, frontends });
  if (candidates.length !== 1) return undefined;
  const isOther = (doubt: MatchDoubt) => doubt !== 'certificates-not-known';
  const sure = candidates.map((one) => ({ ...one, doubts: one.doubts.filter(isOther) }));
  return { ...match, why: match.why.filter(isOther), candidates: sure };
}

interface Asked {
  readonly request: Request;
  readonly inventory: Inventory;
}

function followCandidate(candidate: Candidate, match: UrlMatch, { request, inventory }: Asked): readonly Lead[] {
  const { frontends, urlMap, targets, doubts } = candidate;
  const front: Hop = {
    hop: 'forwarding-rule',
    state: 'pass',
    why: `${frontends.map(tellFrontend).join('; ')}.`,
    read: frontends.map(({ name }) => name),
    commands: [],
  };
  const certificate = request.scheme === 'https' ? certificateHop(frontends, request.host) : undefined;
  const rivals = listRivals(match, request, inventory);
  const hops = [hostHop(candidate, match, { request, rivals }), front, ...(certificate ? [certificate.hop] : [])];
  const assuming = certificate?.assuming ?? [];
  if (!urlMap || doubts.includes('path-matcher-missing')) {
    const why = urlMap
      ? `${urlMap.name} names a path matcher that it does not have.`
      : 'The URL map of the proxy was not read.';
    return [endUnknown([...hops, { ...blank('url-map'), why, read: urlMap ? [urlMap.name] : [] }])];
  }
  return targets.flatMap((target) => followTarget(target, { candidate, hops, assuming, inventory }));
}

interface OnTheWay {
  readonly candidate: Candidate;
  readonly hops: readonly Hop[];
  readonly assuming: readonly string[];
  readonly inventory: Inventory;
}

function followTarget(target: RouteTarget, { candidate, hops, assuming, inventory }: OnTheWay): readonly Lead[] {
  const { urlMap, rule, targets, doubts } = candidate;
  const isOpen = targets.length > 1;
  const doubt = doubts.includes('path-pattern-not-evaluated')
    ? 'a rule before it has a pattern that is not evaluated here'
    : 'a rule before it looks at headers or query parameters';
  const map = (words: string, state: Hop['state'] = isOpen ? 'unknown' : 'pass'): Hop => ({
    hop: 'url-map',
    state,
    why: `${idOf(urlMap?.name ?? '')}, ${rule}: ${words}${isOpen ? ` (or not: ${doubt})` : ''}.`,
    read: urlMap ? [urlMap.name] : [],
    commands: [],
  });
  switch (target.kind) {
    case 'redirect': {
      const answer = { status: target.status, words: '', door: 'load-balancer' } as const;
      const to = [target.https ? 'https' : '', target.to].filter(Boolean).join(', ');
      return [{ hops: [...hops, map(`a redirect${to === '' ? '' : ` to ${to}`}`)], assuming, answer }];
    }
    case 'bucket':
      return [
        endUnknown([
          ...hops,
          map(`the bucket ${idOf(target.bucket)}, which is no business of IAP or Cloud Run`, 'unknown'),
        ]),
      ];
    case 'none':
      return [endUnknown([...hops, map('no backend', 'unknown')])];
    case 'backends': {
      const total = target.backends.reduce((sum, { weight }) => sum + weight, 0);
      return target.backends.map(({ backend: name, weight }) => {
        const share = target.backends.length > 1 ? `, ${weight} of ${total} requests` : '';
        const backend = inventory.backends.find((one) => one.name === name);
        const hop = map(`backend ${idOf(name)}${share}`);
        if (backend) return { hops: [...hops, hop], assuming, to: { backend } };
        return endUnknown([...hops, hop, { ...blank('backend'), why: `${name} was not read.`, read: [name] }]);
      });
    }
  }
}

/** URL maps that name the host and are no candidates, as no certificate of theirs holds it: DNS may point there all the same. */
function listRivals({ candidates }: UrlMatch, { host, scheme }: Request, { balancers }: Inventory): readonly string[] {
  const taken = new Set(candidates.map(({ urlMap }) => urlMap?.name));
  const fronts = new Set(
    balancers?.frontends.filter(({ protocol }) => protocol === scheme).map(({ urlMap }) => urlMap),
  );
  return (balancers?.urlMaps ?? [])
    .filter((map) => fronts.has(map.name) && !taken.has(map.name) && matchHost(map, host).isNamed)
    .map(({ name }) => name);
}

interface HostQuestion {
  readonly request: Request;
  readonly rivals: readonly string[];
}

function hostHop({ urlMap, frontends, doubts }: Candidate, { candidates, why }: UrlMatch, asked: HostQuestion): Hop {
  const { rivals } = asked;
  const { host, scheme } = asked.request;
  const read = [
    ...(urlMap ? [urlMap.name] : []),
    ...frontends.flatMap(({ certificates = [] }) => certificates.map(({ name }) => name)),
  ];
  const base = { hop: 'host', read, commands: [] } as const;
  if (rivals.length > 0) {
    const named = rivals.map(idOf).join(', ');
    return {
      ...base,
      state: 'unknown',
      why: `A certificate holds ${host}, and ${named} names it too, without a certificate; only DNS says which one is asked, and DNS is not read.`,
    };
  }
  if (why.includes('several-balancers')) {
    return {
      ...base,
      state: 'unknown',
      why: `${candidates.length} balancers have ${host}; only DNS says which one is asked, and DNS is not read.`,
    };
  }
  if (doubts.includes('certificates-not-known')) {
    return {
      ...base,
      state: 'unknown',
      why: `No host rule names ${host}, and ${scheme === 'http' ? 'over plain http there is no certificate' : 'the certificates are not known'}: it may be another balancer's.`,
    };
  }
  const isNamed = urlMap !== undefined && matchHost(urlMap, host).isNamed;
  return {
    ...base,
    state: 'pass',
    why: isNamed
      ? `A host rule of ${idOf(urlMap.name)} names ${host}.`
      : scheme === 'http'
        ? `The balancer that has the host over https has the same address.`
        : `A certificate of the balancer holds ${host}.`,
  };
}

function certificateHop(
  frontends: readonly Frontend[],
  host: string,
): { readonly hop: Hop; readonly assuming: readonly string[] } {
  const read = frontends.flatMap(({ certificates = [] }) => certificates.map(({ name }) => name));
  const covered = frontends.map((one) => isCovered(one, host));
  if (covered.includes(true)) {
    const why = `A certificate holds ${host}.`;
    return { hop: { hop: 'certificate', state: 'pass', why, read, commands: [] }, assuming: [] };
  }
  if (covered.includes(undefined)) {
    const why =
      'The names on its certificates are not known (Certificate Manager, or a certificate whose names Compute does not show).';
    return { hop: { ...blank('certificate'), why, read }, assuming: [`a certificate holds ${host}`] };
  }
  const why = `No certificate of the balancer holds ${host}: clients break off before anybody answers.`;
  const commands = frontends.slice(0, 1).flatMap((one) => buildCertificate(one, host));
  return {
    hop: { hop: 'certificate', state: 'fail', why, read, commands },
    assuming: ['the client goes on although no certificate holds the host'],
  };
}

function buildCertificate({ proxy, project, region, certificates = [] }: Frontend, host: string): readonly string[] {
  const id = `${host.replaceAll(/[^a-z0-9]+/g, '-')}-certificate`.slice(-63).replace(/^[^a-z]+/, '');
  const place = `--project=${quoteShell(project)} ${region === 'global' ? '--global' : `--region=${quoteShell(region)}`}`;
  const all = [...certificates.map(({ name }) => idOf(name)), id].map(quoteShell).join(',');
  return [
    `gcloud compute ssl-certificates create ${id} --domains=${quoteShell(host)} ${place}`,
    `gcloud compute target-https-proxies update ${quoteShell(idOf(proxy))} --ssl-certificates=${all} ${place}`,
  ];
}

function tellFrontend({ name, address, ports, loadBalancingScheme }: Frontend): string {
  const inside = loadBalancingScheme.startsWith('INTERNAL') ? 'internal address' : 'address';
  return `${idOf(name)}${address === undefined ? '' : `, ${inside} ${address}`}, port ${ports || 'any'}`;
}

function blank(hop: Hop['hop']): Omit<Hop, 'why'> {
  return { hop, state: 'unknown', read: [], commands: [] };
}

function endUnknown(hops: readonly Hop[]): Lead {
  return { hops, assuming: [] };
}

function idOf(name: string): string {
  return parseComputeName(name)?.id ?? name;
}
