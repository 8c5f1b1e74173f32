import { randomBytes } from 'node:crypto';
import type { ProjectRecord } from '../cloud.ts';
import { buildSubject } from '../id-token.ts';
import { isAllowed, policyKeys } from './access.ts';
import { bearerOf, type DoorAnswer, type DoorParts, type DoorRequest, memberOf } from './door.ts';
import { at, textAt, textsAt } from './json.ts';
import { iapAnswer, iapNoAccess } from './pages.ts';

/** What IAP guards: a backend service, or a Cloud Run service with direct IAP. */
export interface IapTarget {
  /** `projects/NUMBER/iap_web/compute/services/ID`, `…/iap_web/cloud_run-REGION/services/NAME` */
  readonly resource: string;
  /** Owner of the backend or service: IAP acts as its service agent. */
  readonly project: ProjectRecord;
  readonly clientId?: string | undefined;
}

export type IapVerdict =
  | { readonly passed: false; readonly answer: DoorAnswer }
  | {
      readonly passed: true;
      /** E-mail; absent when the public is let in. */
      readonly user: string | undefined;
      /** Members that Cloud Run sees instead of the caller. */
      readonly identities: readonly string[];
      /** What IAP adds for the container. */
      readonly headers: Readonly<Record<string, string>>;
    };

/** IAP's check of one request, in IAP's order: who is it, may they in, can IAP itself go on (FACTS 4 and 15). */
export async function passIap(parts: DoorParts, request: DoorRequest, target: IapTarget): Promise<IapVerdict> {
  if (request.method === 'OPTIONS' && letsOptionsPass(parts, target)) return goOn(parts, target, undefined);
  const found = await identify(parts, request, target);
  if (found.refusal && !(found.isMissing && mayEnter(parts, request, target, undefined))) {
    return { passed: false, answer: found.refusal };
  }
  const { user } = found;
  if (!mayEnter(parts, request, target, user)) {
    return { passed: false, answer: { ...iapNoAccess(user), why: 'no accessor (groups have no members here)' } };
  }
  return goOn(parts, target, user);
}

/** IAP goes on as its own agent, which has to exist. */
function goOn({ cloud }: DoorParts, target: IapTarget, user: string | undefined): IapVerdict {
  const agent = `service-${target.project.projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`;
  if (!cloud.serviceAccounts.has(agent))
    return { passed: false, answer: { ...notProvisioned(), user, why: `${agent} does not exist` } };
  const identities = [`serviceAccount:${agent}`];
  // The article's Google of 2021: the OAuth client of the backend is a principal too (FACTS 8).
  if (cloud.iam === '2021' && target.clientId) identities.push(`serviceAccount:${target.clientId}`);
  return { passed: true, user, identities, headers: user === undefined ? {} : buildUserHeaders(user) };
}

interface Identified {
  readonly user?: string;
  readonly refusal?: DoorAnswer;
  /** No credential at all, as against one that is no good. */
  readonly isMissing?: boolean;
}

/** From `Proxy-Authorization` or `Authorization` (an ID token for IAP's OAuth client), else from the session. */
async function identify(parts: DoorParts, request: DoorRequest, target: IapTarget): Promise<Identified> {
  const token = bearerOf(request.headers, ['proxy-authorization', 'authorization']);
  if (token === undefined) {
    const user = parts.sessions.read(request.headers.cookie);
    return user === undefined ? { isMissing: true, refusal: askToSignIn(request, target) } : { user };
  }
  const verdict = await parts.idTokens.verify(token, acceptedAudiences(parts, target));
  if (verdict.ok) return { user: verdict.email };
  return { refusal: { ...iapAnswer(401, sentences[verdict.reason]), why: `token refused: ${verdict.reason}` } };
}

/**
 * FACTS 15, but for two: `expired` as kubeflow/pipelines#4321 saw it in 2020; what IAP says of a foreign issuer is not
 * recorded, and since only keys of Google's can be checked, it is taken for a bad signature.
 */
const sentences = {
  'not-a-jwt': 'Invalid IAP credentials: Unable to parse JWT',
  signature: 'Invalid IAP credentials: JWT signature is invalid',
  issuer: 'Invalid IAP credentials: JWT signature is invalid',
  audience: 'Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.',
  expired: 'OpenID Connect token expired: JWT has expired',
} as const;

/** A browser is sent to Google's sign-in; a client that cannot follow (POST, or no html accepted) gets a 401. */
function askToSignIn({ method, host, headers }: DoorRequest, { clientId }: IapTarget): DoorAnswer {
  const sentence = 'Invalid IAP credentials: empty token';
  const accept = String(headers.accept ?? '');
  const mayRedirect = (method === 'GET' || method === 'HEAD') && /text\/html|\*\/\*/.test(accept);
  if (!mayRedirect) return { ...iapAnswer(401, sentence), why: 'no credential' };
  const query = new URLSearchParams({
    client_id: clientId ?? 'google-managed',
    response_type: 'code',
    scope: 'openid email',
    redirect_uri: `https://iap.googleapis.com/v1/oauth/clientIds/${clientId ?? 'google-managed'}:handleRedirect`,
    state: `https://${host}/`,
  });
  return iapAnswer(302, sentence, {
    location: `https://accounts.google.com/o/oauth2/v2/auth?${query}`,
    'set-cookie': `GCP_IAP_XSRF_NONCE_${randomBytes(12).toString('base64url')}=1; path=/; Secure; HttpOnly`,
  });
}

/** The client of the backend, and what the nearest IAP settings add. */
function acceptedAudiences({ cloud }: DoorParts, { resource, clientId }: IapTarget): string[] {
  const settings = policyKeys(cloud, resource).map((key) => cloud.iapSettings.get(key));
  const own = settings.map((each) => textAt(each, 'accessSettings', 'oauthSettings', 'clientId')).find(Boolean);
  const programmatic = settings
    .map((each) => textsAt(each, 'accessSettings', 'oauthSettings', 'programmaticClients'))
    .find((clients) => clients.length > 0);
  return [clientId, own, ...(programmatic ?? [])].filter((each): each is string => Boolean(each));
}

/** Settings can let CORS preflights pass without a credential (iap.v1 CorsSettings). */
function letsOptionsPass({ cloud }: DoorParts, { resource }: IapTarget): boolean {
  const settings = policyKeys(cloud, resource).map((key) =>
    at(cloud.iapSettings.get(key), 'accessSettings', 'corsSettings'),
  );
  return at(settings.find(Boolean), 'allowHttpOptions') === true;
}

function mayEnter(
  { cloud }: DoorParts,
  { host, path }: DoorRequest,
  target: IapTarget,
  user: string | undefined,
): boolean {
  return isAllowed(cloud, {
    members: user === undefined ? [] : [memberOf(user)],
    permission: 'iap.webServiceVersions.accessViaIAP',
    resource: target.resource,
    context: { host, path, now: cloud.now() },
  });
}

/** Google's sentence; its status was not recorded, one note calls it 500-class (FACTS 15). */
function notProvisioned(): DoorAnswer {
  return iapAnswer(
    500,
    'The IAP service account is not provisioned. Please follow the instructions to create service account and rectify IAP and Cloud Run setup: https://cloud.google.com/iap/docs/enabling-cloud-run',
  );
}

function buildUserHeaders(user: string): Record<string, string> {
  return {
    'x-goog-authenticated-user-email': `accounts.google.com:${user}`,
    'x-goog-authenticated-user-id': `accounts.google.com:${buildSubject(user)}`,
  };
}
