import { findProject } from '../apis/find-project.ts';
import type { DoorAnswer, DoorParts, DoorRequest } from './door.ts';
import { enterService, type Way } from './enter-service.ts';
import { findBackend, knownHosts, type Resource } from './find-backend.ts';
import { findServiceOfHost, listRoutes, type ServiceRoute } from './find-service.ts';
import { at, textAt } from './json.ts';
import { balancerAnswer, runNotFound } from './pages.ts';
import { type IapTarget, passIap } from './pass-iap.ts';

/** Picks one of the regions that a backend has; the real balancer takes the nearest, users see it come and go. */
export type PickRegion = (
  backend: string,
  routes: readonly ServiceRoute[],
  asked: string | undefined,
) => ServiceRoute | undefined;

/** Takes a request through every door in order, as Google would: `*.run.app` goes to its service, any other host to a load balancer. */
export async function answerRequest(parts: DoorParts, request: DoorRequest, pick: PickRegion): Promise<DoorAnswer> {
  if (request.host.endsWith('.run.app')) return answerRunApp(parts, request);
  const backend = findBackend(parts.cloud, request.host, request.path);
  if (!backend) {
    const hosts = knownHosts(parts.cloud).join(', ') || 'none';
    return balancerAnswer(
      404,
      `no load balancer of the sandbox serves ${request.host}; it knows these hosts: ${hosts}\n`,
    );
  }
  const target = iapTargetOf(parts, backend);
  const iap = target && (await passIap(parts, request, target));
  if (iap && !iap.passed) return iap.answer;
  const routes = listRoutes(parts.cloud, backend, request.host, request.path);
  const route = pick(backend.key, routes, textOf(request.headers['x-sandbox-region']));
  if (!route) return { ...balancerAnswer(503, 'no healthy upstream'), user: iap?.user };
  if (!route.service) return { ...runNotFound(), region: route.region, user: iap?.user };
  return enterService(parts, request, route.service, { from: balancerKind(backend), iap, tag: route.tag });
}

/** Google's front end answers /healthz itself, before anything else (FACTS 16). */
async function answerRunApp(parts: DoorParts, request: DoorRequest): Promise<DoorAnswer> {
  const service = request.path === '/healthz' ? undefined : findServiceOfHost(parts.cloud, request.host);
  return service ? enterService(parts, request, service, { from: 'internet' }) : runNotFound();
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

function balancerKind({ record }: Resource): Way['from'] {
  return String(at(record, 'loadBalancingScheme') ?? '').startsWith('INTERNAL')
    ? 'internal-balancer'
    : 'external-balancer';
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
