import type { Backend, Inventory, RunService } from '../inventory.ts';
import { adviseDirectIap } from './advise-direct-iap.ts';
import { followHost, type Lead } from './follow-host.ts';
import type { Answer, Hop, Knock, Outcome } from './hop.ts';
import { isAgentSeen, knockAtIap } from './knock-iap.ts';
import { type ComesFromIap, knockAtIngress, knockAtInvoker, type Origin } from './knock-run.ts';
import type { Request } from './request.ts';
import { routeOfNeg } from './route-of-neg.ts';
import { container, noAgent, noUpstream } from './words.ts';

/** One way of a request: the balancer picks a region, so users see them in turn. */
export interface RequestWay {
  readonly backend?: string;
  readonly neg?: string;
  readonly region?: string;
  /** Full resource name of the service, where the way leads to one. */
  readonly service?: string;
  /** Behind `RequestExplanation.hops`, in order; the last one that is not passed ends the way. */
  readonly hops: readonly Hop[];
  readonly outcome: Outcome;
}

export type RequestVerdict = 'passes' | 'fails' | 'unknown';

export interface RequestExplanation {
  readonly request: Omit<Request, 'at'>;
  /** False: no balancer and no service that was read has the host; there are no ways then. */
  readonly isServed: boolean;
  /** Hosts that are served, where this one is not. */
  readonly servedHosts: readonly string[];
  /** All that ways lead to, whichever are asked for. */
  readonly regions: readonly string[];
  /** Common to all ways. */
  readonly hops: readonly Hop[];
  readonly ways: readonly RequestWay[];
  /** `passes`: on every way. `fails`: on one at least. */
  readonly verdict: RequestVerdict;
  /** The command that opens the first door that is shut. */
  readonly theOne?: string;
  readonly advice: readonly string[];
  /** What stands in every way and is never read. */
  readonly notRead: readonly string[];
}

/** Follows one request through every door that was read; with `region`, only on the ways there. Pure; what was not read is unknown, never a pass. */
export function explainRequest(request: Request, inventory: Inventory, region?: string): RequestExplanation {
  const followed = followHost(request, inventory);
  const { at: _, ...asked } = request;
  if (followed.kind === 'nobody') {
    const none = { regions: [], hops: [], ways: [], verdict: 'unknown', advice: [], notRead } as const;
    return { request: asked, isServed: false, servedHosts: followed.served, ...none };
  }
  const all = followed.leads.flatMap((lead) => walk(lead, request, inventory));
  const whole = region === undefined ? all : all.filter((way) => way.region === region);
  const regions = [...new Set(all.flatMap((way) => way.region ?? []))];
  const shared = countShared(whole.map(({ hops }) => hops));
  const theOne = findCommand(whole);
  return {
    request: asked,
    isServed: true,
    servedHosts: [],
    regions,
    hops: whole[0]?.hops.slice(0, shared) ?? [],
    ways: whole.map((way) => ({ ...way, hops: way.hops.slice(shared) })),
    verdict: judge(whole),
    ...(theOne === undefined ? {} : { theOne }),
    advice: adviseDirectIap(followed.leads, inventory),
    notRead,
  };
}

const notRead = ['deny policies', 'principal access boundaries', 'VPC Service Controls', 'Cloud Armor', 'DNS'];

function walk(lead: Lead, request: Request, inventory: Inventory): readonly RequestWay[] {
  const { hops, assuming, to, answer } = lead;
  const before: Knock = { hops, assuming, ...(answer ? { answer } : {}) };
  if (!to) return [{ hops, outcome: conclude([before]) }];
  if ('service' in to) {
    const { service } = to;
    const knocks = [before, ...knockAtService(service, request, { inventory, origin: originOf(service, request) })];
    return [{ region: service.region, service: service.name, ...finish(knocks, inventory) }];
  }
  return walkBackend(to.backend, before, { request, inventory });
}

function originOf({ project }: RunService, { pushedFrom }: Request): Origin {
  if (pushedFrom === undefined) return 'internet';
  return pushedFrom === project ? 'own-pubsub' : 'foreign-pubsub';
}

interface Asked {
  readonly request: Request;
  readonly inventory: Inventory;
}

function walkBackend(backend: Backend, before: Knock, { request, inventory }: Asked): readonly RequestWay[] {
  const hop: Hop = {
    hop: 'backend',
    state: backend.iapEnabled ? 'pass' : 'unguarded',
    why: backend.iapEnabled ? 'IAP is on.' : 'IAP is off: nobody asks who comes.',
    read: [backend.name],
    commands: [],
  };
  const front = [before, { hops: [hop] }, ...(backend.iapEnabled ? [knockAtIap(backend, request, inventory)] : [])];
  const origin = backend.loadBalancingScheme?.startsWith('INTERNAL') ? 'internal-balancer' : 'external-balancer';
  const iap = backend.iapEnabled ? { project: backend.project, clientId: backend.oauth2ClientId } : undefined;
  if (backend.groups.length === 0) {
    const why = 'The backend has no endpoint group: there is nobody to ask.';
    const knock: Knock = {
      hops: [{ hop: 'neg', state: 'fail', why, read: [backend.name], commands: [] }],
      answer: noUpstream,
    };
    return [{ backend: backend.name, ...finish([...front, knock], inventory) }];
  }
  return backend.groups.map((group) => {
    const route = routeOfNeg(group, request, inventory);
    const neg = inventory.negs.get(group);
    const inside = route.service ? knockAtService(route.service, request, { inventory, origin, iap }) : [];
    return {
      backend: backend.name,
      neg: group,
      ...(neg ? { region: neg.region } : {}),
      ...(route.service ? { service: route.service.name } : {}),
      ...finish([...front, route.knock, ...inside], inventory),
    };
  });
}

interface Inside {
  readonly inventory: Inventory;
  readonly origin: Origin;
  readonly iap?: ComesFromIap | undefined;
}

/** Ingress, IAP on the service itself, and the invoker check. */
function knockAtService(service: RunService, request: Request, { inventory, origin, iap }: Inside): readonly Knock[] {
  const ingress = knockAtIngress(service, origin);
  if (!service.iapEnabled) return [ingress, knockAtInvoker(service, request, { inventory, iap })];
  if (iap) {
    const why = 'IAP is on at the backend and at the service, which Google does not support.';
    return [ingress, { hops: [{ hop: 'accessor', state: 'unknown', why, read: [service.name], commands: [] }] }];
  }
  const own = { project: service.project };
  return [ingress, knockAtIap(service, request, inventory), knockAtInvoker(service, request, { inventory, iap: own })];
}

/** Hops up to the first that is shut, and what the caller gets. */
function finish(knocks: readonly Knock[], inventory: Inventory): Pick<RequestWay, 'hops' | 'outcome'> {
  const end = knocks.findIndex(({ answer }) => answer);
  const met = end === -1 ? knocks : knocks.slice(0, end + 1);
  const outcome = conclude(met, end === -1 ? container : undefined);
  const hops = met.flatMap((knock) => knock.hops);
  const project = met.find(({ agentOf }) => agentOf !== undefined)?.agentOf;
  const number = project === undefined ? undefined : inventory.projects.get(project)?.number;
  if (project === undefined || !outcome.known || (number !== undefined && isAgentSeen(number, inventory))) {
    return { hops, outcome };
  }
  return { hops, outcome: { ...outcome, withoutAgent: noAgent } };
}

/** A door of which nobody knows whether it opens leaves nothing to be known of what comes behind it. */
function conclude(knocks: readonly Knock[], end?: Answer): Outcome {
  // A certificate that fails or is not known keeps no answer from being known: it is what the answer assumes.
  const open = knocks
    .flatMap(({ hops }) => hops)
    .find(({ hop, state }) => state === 'unknown' && hop !== 'certificate');
  const answer = knocks.at(-1)?.answer ?? end;
  if (open || !answer) return { known: false, why: open?.why ?? 'The way could not be followed.' };
  const assuming = knocks.flatMap((knock) => knock.assuming ?? []);
  return { known: true, ...answer, ...(assuming.length > 0 ? { assuming } : {}) };
}

function judge(ways: readonly RequestWay[]): RequestVerdict {
  const isShut = ({ hops, outcome }: RequestWay) =>
    (outcome.known && outcome.status >= 400) ||
    (outcome.known && outcome.door === 'iap') ||
    hops.some(({ state }) => state === 'fail');
  if (ways.some(isShut)) return 'fails';
  return ways.every(({ outcome }) => outcome.known) ? 'passes' : 'unknown';
}

/** Of the door that comes first among all ways. */
function findCommand(ways: readonly RequestWay[]): string | undefined {
  const shut = ways.flatMap(({ hops }) => hops.flatMap((hop, at) => (hop.state === 'fail' ? [{ hop, at }] : [])));
  return shut.toSorted((a, b) => a.at - b.at)[0]?.hop.commands[0];
}

function countShared(all: readonly (readonly Hop[])[]): number {
  const [first = []] = all;
  const isShared = (hop: Hop, at: number) => all.every((hops) => JSON.stringify(hops[at]) === JSON.stringify(hop));
  const end = first.findIndex((hop, at) => !isShared(hop, at));
  return end === -1 ? first.length : end;
}
