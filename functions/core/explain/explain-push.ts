import type { Finding } from '../finding.ts';
import type { Inventory, PushSubscription } from '../inventory.ts';
import { explainRequest, type RequestExplanation } from './explain-request.ts';
import type { Hop } from './hop.ts';
import { parseRequest } from './request.ts';

/** A push subscription: the request that it makes, and what that meets. */
export interface PushExplanation extends RequestExplanation {
  /** Full resource name. */
  readonly subscription: string;
}

export interface PushOptions {
  readonly findings: readonly Finding[];
  /** RFC 3339, for conditions. */
  readonly at?: string;
  readonly region?: string | undefined;
}

/**
 * What a push meets: a POST from outside with an ID token of its account, whose audience is the endpoint unless one is set
 * (FACTS 5). Where a door has a command for anybody's token, the finding about the subscription has the one that changes it.
 */
export function explainPush(
  { name, endpoint, oidc }: PushSubscription,
  inventory: Inventory,
  { findings, at, region }: PushOptions,
): PushExplanation {
  const token = oidc ? { as: `serviceAccount:${oidc.serviceAccount}`, tokenAudience: oidc.audience ?? endpoint } : {};
  const request = parseRequest({ url: endpoint, method: 'POST', accept: 'application/json', ...token }, at);
  const outside = withoutInternal(inventory);
  const explained = explainRequest(request, outside, region);
  const commands = findings
    .filter(({ resource }) => resource === name)
    .flatMap(({ rule, fix }) => (isOfToken(rule) ? fix.gcloud : []));
  if (commands.length === 0) return { subscription: name, ...explained };
  const mend = (hop: Hop): Hop => (hop.hop === 'credential' && hop.state === 'fail' ? { ...hop, commands } : hop);
  const isFirst = [...explained.hops, ...explained.ways.flatMap(({ hops }) => hops)].find(
    ({ state }) => state === 'fail',
  );
  return {
    subscription: name,
    ...explained,
    hops: explained.hops.map(mend),
    ways: explained.ways.map((way) => ({ ...way, hops: way.hops.map(mend) })),
    ...(isFirst?.hop === 'credential' && commands[0] !== undefined ? { theOne: commands[0] } : {}),
  };
}

function isOfToken(rule: string): boolean {
  return rule === 'push-unauthenticated' || rule === 'push-audience-mismatch' || rule === 'regional-audience';
}

/** Google pushes from outside: balancers with internal addresses are out of its reach. */
function withoutInternal(inventory: Inventory): Inventory {
  const { balancers } = inventory;
  if (!balancers) return inventory;
  const frontends = balancers.frontends.filter(
    ({ loadBalancingScheme }) => !loadBalancingScheme.startsWith('INTERNAL'),
  );
  return frontends.length === balancers.frontends.length
    ? inventory
    : { ...inventory, balancers: { ...balancers, frontends } };
}
