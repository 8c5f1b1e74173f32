import { findProject } from '../apis/find-project.ts';
import type { DoorAnswer, DoorParts, DoorRequest } from './door.ts';
import { enterService, type Way } from './enter-service.ts';
import { type Balancer, findBalancer } from './find-balancer.ts';
import { findDestination } from './find-destination.ts';
import { findServiceOfHost, listRoutes, type ServiceRoute } from './find-service.ts';
import { at, textAt } from './json.ts';
import { coversHost } from './match-host.ts';
import { balancerAnswer, runNotFound } from './pages.ts';
import { type IapTarget, passIap } from './pass-iap.ts';
import { redirectAnswer } from './redirect.ts';
import type { Resource } from './resolve-link.ts';
import { knownHosts } from './served-hosts.ts';
import type { Turns } from './turns.ts';

/** Takes a request through every door in order, as Google would: `*.run.app` goes to its service, any other host to a load balancer. */
export async function answerRequest(parts: DoorParts, request: DoorRequest, turns: Turns): Promise<DoorAnswer> {
  if (request.host.endsWith('.run.app')) return answerRunApp(parts, request);
  const balancer = findBalancer(parts.cloud, request.host, request.scheme);
  if (!balancer) {
    const hosts = knownHosts(parts.cloud).join(', ') || 'none';
    return balancerAnswer(
      404,
      `no load balancer of the sandbox serves ${request.scheme}://${request.host}; it knows these hosts: ${hosts}\n`,
    );
  }
  const answer = await answerFromBalancer(parts, request, { balancer, turns });
  return balancer.scheme === 'https' ? { ...answer, certificate: certificateOf(balancer, request.host) } : answer;
}

async function answerFromBalancer(
  parts: DoorParts,
  request: DoorRequest,
  { balancer, turns }: { readonly balancer: Balancer; readonly turns: Turns },
): Promise<DoorAnswer> {
  const destination = findDestination(parts.cloud, balancer, { request, turns });
  switch (destination.kind) {
    case 'redirect':
      return redirectAnswer(request, destination.action, destination.prefix);
    case 'not-modelled':
      return balancerAnswer(501, `${destination.what} of a URL map is not modelled by the sandbox\n`);
    case 'nowhere':
      return balancerAnswer(503, 'no healthy upstream');
    case 'backend':
      return answerFromBackend(parts, request, { backend: destination.backend, turns });
  }
}

async function answerFromBackend(
  parts: DoorParts,
  request: DoorRequest,
  { backend, turns }: { readonly backend: Resource; readonly turns: Turns },
): Promise<DoorAnswer> {
  const target = iapTargetOf(parts, backend);
  const iap = target && (await passIap(parts, request, target));
  if (iap && !iap.passed) return iap.answer;
  const routes = listRoutes(parts.cloud, backend, request.host, request.path);
  const route = pickRegion(routes, textOf(request.headers['x-sandbox-region']), () =>
    turns.next(backend.key, routes.length),
  );
  if (!route) return { ...balancerAnswer(503, 'no healthy upstream'), user: iap?.user };
  if (route.notModelled) return balancerAnswer(501, `${route.notModelled} is not modelled by the sandbox\n`);
  if (!route.service) return { ...runNotFound(), region: route.region, user: iap?.user, why: 'no such service' };
  return enterService(parts, request, route.service, { from: balancerKind(backend), iap, tag: route.tag });
}

/** One of the regions that a backend has, in turn (the real balancer takes the nearest; users see it come and go), or the one that is asked for. */
function pickRegion(
  routes: readonly ServiceRoute[],
  asked: string | undefined,
  turn: () => number,
): ServiceRoute | undefined {
  return asked === undefined ? routes[turn()] : routes.find(({ region }) => region === asked);
}

/** Google's front end answers /healthz itself, before anything else (FACTS 16). */
async function answerRunApp(parts: DoorParts, request: DoorRequest): Promise<DoorAnswer> {
  const service = request.path === '/healthz' ? undefined : findServiceOfHost(parts.cloud, request.host);
  if (!service) return runNotFound();
  const from = isOwnPubsub(parts, request, service.project) ? 'own-pubsub' : 'internet';
  return enterService(parts, request, service, { from });
}

/** Pub/Sub of the service's own project is internal traffic on its run.app URL (Google's page on ingress settings). */
function isOwnPubsub({ cloud }: DoorParts, { headers }: DoorRequest, project: string): boolean {
  const pusher = findProject(cloud, textOf(headers['x-sandbox-pushed-from']) ?? '');
  return pusher !== undefined && pusher === findProject(cloud, project);
}

/** Undefined for a backend without IAP. */
function iapTargetOf({ cloud }: DoorParts, { key, record }: Resource): IapTarget | undefined {
  if (at(record, 'iap', 'enabled') !== true) return undefined;
  const [, projectId = '', region] = /^projects\/([^/]+)\/(?:global|regions\/([^/]+))\//.exec(key) ?? [];
  const project = findProject(cloud, projectId);
  if (!project) return undefined;
  const type = region === undefined ? 'compute' : `compute-${region}`;
  return {
    resource: `projects/${project.projectNumber}/iap_web/${type}/services/${record.id}`,
    project,
    clientId: textAt(record, 'iap', 'oauth2ClientId') || undefined,
  };
}

/** What a browser would find: the door has no TLS of its own, so it answers all the same. */
function certificateOf(balancer: Balancer, host: string): DoorAnswer['certificate'] {
  if (coversHost(balancer.domains, host)) return 'covers the host';
  return balancer.hasCertificateMap ? 'unknown' : 'does not cover the host';
}

function balancerKind({ record }: Resource): Way['from'] {
  return String(at(record, 'loadBalancingScheme') ?? '').startsWith('INTERNAL')
    ? 'internal-balancer'
    : 'external-balancer';
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
