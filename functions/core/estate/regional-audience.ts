import { hostAudience } from '../change/audience-guard.ts';
import type { Inventory, RunService } from '../inventory.ts';
import { resolveNegTargets } from './access-paths.ts';
import { audienceOf } from './push-audience.ts';
import type { PushPath } from './push-paths.ts';

/** What a push with a run.app audience meets behind a balancer without IAP. */
export type RegionalVerdict =
  | { readonly kind: 'fine' }
  | { readonly kind: 'open'; readonly reason: 'service-not-read' | 'url-mask' | 'direct-iap' }
  | {
      readonly kind: 'regional';
      /** Those that accept the audience, and those that refuse it. */
      readonly accepting: readonly RunService[];
      readonly refusing: readonly RunService[];
      /** `https://HOST` of the endpoint: all regions can share it. */
      readonly shared: string;
      /** Services that do not accept that yet. */
      readonly lacking: readonly RunService[];
    };

/**
 * Whether a push's audience is one region's run.app URL while several regions serve (FACTS 16: run.app URLs belong to one
 * region; custom audiences hold beside them). A region that has the audience as a custom one accepts it as well.
 */
export function judgeRegional({ subscription, backends }: PushPath, inventory: Inventory): RegionalVerdict {
  const audience = audienceOf(subscription);
  const shared = hostAudience(subscription.endpoint);
  if (!subscription.oidc || !isRunUrl(audience) || shared === undefined) return { kind: 'fine' };
  if (backends.length === 0 || backends.some(({ iapEnabled }) => iapEnabled)) return { kind: 'fine' };
  const negs = [...new Set(backends.flatMap(({ groups }) => groups))]
    .filter((group) => group.includes('/networkEndpointGroups/'))
    .map((group) => inventory.negs.get(group));
  const services = new Set<RunService>();
  for (const neg of negs) {
    if (!neg) return { kind: 'open', reason: 'service-not-read' };
    if (neg.target.kind === 'run-url-mask' || neg.target.kind === 'function-url-mask')
      return { kind: 'open', reason: 'url-mask' };
    const found = resolveNegTargets(neg, inventory.services, 'observe').services;
    if (found.length === 0 && (neg.target.kind === 'run' || neg.target.kind === 'function')) {
      return { kind: 'open', reason: 'service-not-read' };
    }
    for (const service of found) services.add(service);
  }
  const all = [...services].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (new Set(all.map(({ region }) => region)).size < 2) return { kind: 'fine' };
  const owners = all.filter((service) => isUrlOf(audience, service, inventory));
  if (owners.length === 0) return { kind: 'fine' };
  if (all.some(({ iapEnabled }) => iapEnabled)) return { kind: 'open', reason: 'direct-iap' };
  const accepting = all.filter((service) => owners.includes(service) || accepts(service, audience));
  const refusing = all.filter((service) => !accepting.includes(service));
  if (refusing.length === 0) return { kind: 'fine' };
  return { kind: 'regional', accepting, refusing, shared, lacking: all.filter((service) => !accepts(service, shared)) };
}

/** A service that asks for no token refuses none. */
function accepts({ customAudiences, invokerIamDisabled }: RunService, audience: string): boolean {
  return invokerIamDisabled || customAudiences.some((one) => one === audience);
}

/** One of its URLs, with the last slash or without, and the one that follows from names alone. */
function isUrlOf(audience: string, { urls, service, project, region }: RunService, inventory: Inventory): boolean {
  const number = inventory.projects.get(project)?.number;
  const own = [...urls, ...(number === undefined ? [] : [`https://${service}-${number}.${region}.run.app`])];
  return own.some((url) => bare(url) === bare(audience));
}

export function isRunUrl(text: string): boolean {
  return /^https:\/\/[^/]+\.run\.app\/?$/.test(text);
}

function bare(url: string): string {
  return url.replace(/\/$/, '');
}
