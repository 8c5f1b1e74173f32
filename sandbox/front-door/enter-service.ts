import { findProject } from '../apis/find-project.ts';
import { isAllowed } from './access.ts';
import { bearerOf, type DoorAnswer, type DoorParts, type DoorRequest, memberOf } from './door.ts';
import { annotation, audiencesOf, type Service } from './find-service.ts';
import { at, listAt, textAt } from './json.ts';
import { runForbidden, runNotFound, runUnauthorized } from './pages.ts';
import { type IapVerdict, passIap } from './pass-iap.ts';

/** How a request reaches a service. */
export interface Way {
  readonly from: 'internet' | 'own-pubsub' | 'external-balancer' | 'internal-balancer';
  /** IAP of the load balancer let the request through. */
  readonly iap?: Extract<IapVerdict, { passed: true }> | undefined;
  /** The NEG's traffic tag. */
  readonly tag?: string | undefined;
}

/** Cloud Run's doors: ingress, direct IAP, invoker; then the container answers (FACTS 4 and 16). */
export async function enterService(
  parts: DoorParts,
  request: DoorRequest,
  service: Service,
  way: Way,
): Promise<DoorAnswer> {
  const { region } = service;
  if (!passesIngress(service, way)) {
    return { ...runNotFound(), region, user: way.iap?.user, why: `ingress or default URL shut to the ${way.from}` };
  }
  const direct =
    annotation(service, 'iap-enabled') === 'true' ? await passDirectIap(parts, request, service) : undefined;
  if (direct && !direct.passed) return { ...direct.answer, region };
  const iap = direct ?? way.iap;
  const invoker = iap ? { members: iap.identities, user: iap.user } : await identifyInvoker(parts, request, service);
  if (!mayInvoke(parts, request, service, invoker.members)) {
    const refusal = 'refusal' in invoker ? invoker.refusal : undefined;
    const page = refusal ? runUnauthorized(request.path) : runForbidden(request.path);
    const why = refusal ? `token refused: ${refusal}` : lackOf(invoker.members);
    return { ...page, region, user: invoker.user, why };
  }
  return answerFromContainer(request, service, { user: invoker.user, added: iap?.headers, tag: way.tag });
}

function lackOf([member]: readonly string[]): string {
  return member === undefined ? 'no credential' : `${member} lacks run.routes.invoke`;
}

function passesIngress(service: Service, { from }: Way): boolean {
  const ingress = annotation(service, 'ingress') ?? 'all';
  const hasUrl = annotation(service, 'default-url-disabled') !== 'true';
  if (from === 'internet') return ingress === 'all' && hasUrl;
  if (from === 'own-pubsub') return ingress !== 'none' && hasUrl;
  if (from === 'internal-balancer') return ingress !== 'none';
  return ingress === 'all' || ingress === 'internal-and-cloud-load-balancing';
}

async function passDirectIap(parts: DoorParts, request: DoorRequest, service: Service): Promise<IapVerdict> {
  const project = findProject(parts.cloud, service.project);
  if (!project) return { passed: false, answer: runNotFound() };
  const name = service.record.metadata.name;
  const resource = `projects/${project.projectNumber}/iap_web/cloud_run-${service.region}/services/${name}`;
  return passIap(parts, request, { resource, project });
}

interface Invoker {
  readonly members: readonly string[];
  readonly user?: string | undefined;
  /** A credential came and was not accepted: why. */
  readonly refusal?: string;
}

/** `X-Serverless-Authorization` is read first (FACTS 16). */
async function identifyInvoker(parts: DoorParts, request: DoorRequest, service: Service): Promise<Invoker> {
  const token = bearerOf(request.headers, ['x-serverless-authorization', 'authorization']);
  if (token === undefined) return { members: [] };
  const verdict = await parts.idTokens.verify(token, audiencesOf(service));
  if (!verdict.ok) return { members: [], refusal: verdict.reason };
  return { members: [memberOf(verdict.email)], user: verdict.email };
}

function mayInvoke(
  { cloud }: DoorParts,
  { host, path }: DoorRequest,
  service: Service,
  members: readonly string[],
): boolean {
  if (annotation(service, 'invoker-iam-disabled') === 'true') return true;
  const context = { host, path, now: cloud.now() };
  return isAllowed(cloud, { members, permission: 'run.routes.invoke', resource: service.key, context });
}

interface Arrival {
  readonly user: string | undefined;
  /** By IAP; absent where none stands before the service. */
  readonly added: Readonly<Record<string, string>> | undefined;
  readonly tag: string | undefined;
}

function answerFromContainer(
  { path, headers }: DoorRequest,
  service: Service,
  { user, added, tag }: Arrival,
): DoorAnswer {
  const { region, record } = service;
  const body = {
    service: record.metadata.name,
    region,
    revision: revisionOf(service, tag),
    user: user ?? null,
    path,
    /** What reached it of Google's own headers: IAP strips the client's (FACTS 15). */
    headers: added ?? googleHeaders(headers),
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(body)}\n`,
    door: 'container',
    user,
    region,
  };
}

function googleHeaders(headers: DoorRequest['headers']): DoorRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-goog-')));
}

function revisionOf({ record }: Service, tag: string | undefined): string | null {
  const tagged = listAt(record, 'status', 'traffic').find((each) => tag !== undefined && at(each, 'tag') === tag);
  return textAt(tagged, 'revisionName') ?? textAt(record, 'status', 'latestReadyRevisionName') ?? null;
}
