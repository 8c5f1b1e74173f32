import { mayHoldSecret, showAddress } from '../estate/push-address.ts';
import type { Finding } from '../finding.ts';
import type { Inventory, PushSubscription } from '../inventory.ts';
import { explainRequest, type RequestExplanation, type RequestWay } from './explain-request.ts';
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
 * Pub/Sub follows no redirect. What may be a secret in an endpoint is not shown.
 */
export function explainPush(
  subscription: PushSubscription,
  inventory: Inventory,
  options: PushOptions,
): PushExplanation {
  const explained = explainWithSecrets(subscription, inventory, options);
  const isRedirected = explained.ways.some(({ outcome }) => outcome.known && isRedirect(outcome.status));
  return hideSecrets(isRedirected ? { ...explained, verdict: 'fails' } : explained);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function explainWithSecrets(
  { name, project, endpoint, oidc }: PushSubscription,
  inventory: Inventory,
  { findings, at, region }: PushOptions,
): PushExplanation {
  const token = oidc ? { as: `serviceAccount:${oidc.serviceAccount}`, tokenAudience: oidc.audience ?? endpoint } : {};
  const question = { url: endpoint, method: 'POST', accept: 'application/json', ...token };
  const request = { ...parseRequest(question, at), pushedFrom: project };
  const outside = withoutInternal(inventory);
  const explained = explainRequest(request, outside, region);
  const commands = findings
    .filter(({ resource }) => resource === name)
    .flatMap(({ rule, fix }) => (isOfToken(rule) ? fix.gcloud : []));
  if (commands.length === 0) return { subscription: name, ...explained };
  // Where one backend has IAP and another has not, IAP's audience opens IAP's door alone.
  const isIapRule = !findings.some(({ resource, rule }) => resource === name && rule === 'regional-audience');
  const mend = (hop: Hop, _: number, all: readonly Hop[]): Hop => {
    const isRun = all.some((one) => one.hop === 'ingress');
    const isMine = hop.hop === 'credential' && hop.state === 'fail' && !(isRun && isIapRule);
    return isMine ? { ...hop, commands } : hop;
  };
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

/** In words and commands; a command that would carry a secret is left out. */
function hideSecrets(explained: PushExplanation): PushExplanation {
  const { request, hops, ways, theOne } = explained;
  const { url, tokenAudience } = request;
  const secrets = [url, tokenAudience ?? ''].filter(mayHoldSecret);
  if (secrets.length === 0) return explained;
  const hide = (text: string) => secrets.reduce((shown, one) => shown.replaceAll(one, () => showAddress(one)), text);
  const isBare = (command: string) => !(mayHoldSecret(tokenAudience ?? '') && command.includes('audiences='));
  const hideHop = (hop: Hop): Hop => ({ ...hop, why: hide(hop.why), commands: hop.commands.filter(isBare) });
  const hideWay = (way: RequestWay): RequestWay => ({
    ...way,
    hops: way.hops.map(hideHop),
    outcome: way.outcome.known ? way.outcome : { ...way.outcome, why: hide(way.outcome.why) },
  });
  const { theOne: _, ...rest } = explained;
  return {
    ...rest,
    request: {
      ...request,
      url: hide(url),
      ...(tokenAudience === undefined ? {} : { tokenAudience: hide(tokenAudience) }),
    },
    hops: hops.map(hideHop),
    ways: ways.map(hideWay),
    ...(theOne !== undefined && isBare(theOne) ? { theOne } : {}),
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
