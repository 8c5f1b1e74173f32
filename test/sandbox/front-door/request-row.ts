import type { Cloud } from '../../../sandbox/cloud.ts';
import * as estate from './two-door-estate.ts';

/** One request of the table and the answer that Google would give, written by hand from FACTS. */
export interface Row {
  readonly title: string;
  /** Section of FACTS that says so. */
  readonly facts: string;
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  /**
   * `cookie E-MAIL` (a session) · `token E-MAIL AUDIENCE` (an ID token) · the same as `expired`, `foreign` (another issuer),
   * `forged` (another key), `unsigned` (alg none), `proxy` (in Proxy-Authorization) · a whole Authorization value · none
   */
  readonly as?: string;
  readonly headers?: Record<string, string>;
  readonly region?: string;
  readonly iam?: 'today' | '2021';
  readonly given?: (cloud: Cloud) => void;
  readonly status: number;
  readonly door: string;
  readonly says?: string;
  /** Other expected headers; a value of `null` = must not be there. */
  readonly answers?: Record<string, string | RegExp | null>;
}

export const accessor = 'roles/iap.httpsResourceAccessor';
export const invoker = 'roles/run.invoker';
export const robot = 'robot@p1.iam.gserviceaccount.com';
export const shop = { eu: 'europe-west1/services/shop', us: 'us-central1/services/shop' };
const runResource = 'projects/111/iap_web/cloud_run-europe-west1/services/shop';

/** Sentences of FACTS 15 and 16, whole. */
export const says = {
  empty: 'Invalid IAP credentials: empty token',
  unparsable: 'Invalid IAP credentials: Unable to parse JWT',
  signature: 'Invalid IAP credentials: JWT signature is invalid',
  audience: 'Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.',
  expired: 'OpenID Connect token expired: JWT has expired',
  noAccess: "You don't have access",
  notProvisioned:
    'The IAP service account is not provisioned. Please follow the instructions to create service account and rectify IAP and Cloud Run setup: https://cloud.google.com/iap/docs/enabling-cloud-run',
  forbidden: '<h2>Your client does not have permission to get URL <code>/cart</code> from this server.</h2>',
  unauthorized: '<h2>Your client does not have permission to the requested URL <code>/cart</code>.</h2>',
  notFound: '<h2>The requested URL was not found on this server.</h2>',
} as const;

export const alice = 'cookie alice@example.com';
export const iapMark = { 'x-goog-iap-generated-response': 'true' };
export const noIapMark = { 'x-goog-iap-generated-response': null };
export const runUrl = `https://${estate.hosts.run}`;

/** Switches IAP on for the service `shop` in europe-west1 itself. */
export function direct(cloud: Cloud): void {
  estate.annotate(cloud, shop.eu, 'iap-enabled', 'true');
  estate.annotate(cloud, shop.eu, 'ingress', 'all');
  estate.bind(cloud, runResource, accessor, 'user:alice@example.com');
}
