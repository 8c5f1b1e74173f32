import assert from 'node:assert/strict';
import { request as sendRequest } from 'node:http';
import type { Cloud } from '../../../sandbox/cloud.ts';
import { startFrontDoor } from '../../../sandbox/front-door/start-front-door.ts';
import { createIdTokens, type IdTokens } from '../../../sandbox/id-token.ts';
import { openRequestLog, type RequestRow } from '../../../sandbox/request-log.ts';
import * as estate from './two-door-estate.ts';

const { hosts, agent, clientId, bind, change, annotate } = estate;
const accessor = 'roles/iap.httpsResourceAccessor';
const invoker = 'roles/run.invoker';
const robot = 'robot@p1.iam.gserviceaccount.com';
const shop = { eu: 'europe-west1/services/shop', us: 'us-central1/services/shop' };
const runResource = 'projects/111/iap_web/cloud_run-europe-west1/services/shop';

/** Sentences of FACTS 15 and 16, whole. */
const says = {
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

interface Row {
  readonly title: string;
  /** Section of FACTS that says so. */
  readonly facts: string;
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  /** `cookie alice@example.com` · `token E-MAIL AUDIENCE` · a whole Authorization value · none */
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

const alice = 'cookie alice@example.com';
const iapMark = { 'x-goog-iap-generated-response': 'true' };
const noIapMark = { 'x-goog-iap-generated-response': null };
const runUrl = `https://${hosts.run}`;

const rows: readonly Row[] = [
  // IAP: who is it
  {
    title: 'a browser without session is sent to sign in',
    facts: '15',
    headers: { accept: 'text/html,*/*' },
    status: 302,
    door: 'iap',
    says: says.empty,
    answers: {
      ...iapMark,
      location: new RegExp(`^https://accounts\\.google\\.com/o/oauth2/v2/auth\\?client_id=${clientId}`),
      'set-cookie': /^GCP_IAP_XSRF_NONCE_[\w-]+=1;/,
    },
  },
  {
    title: "curl's plain */* is redirected too",
    facts: '15',
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
    says: says.empty,
  },
  {
    title: 'a client that takes JSON only gets 401',
    facts: '15',
    headers: { accept: 'application/json' },
    status: 401,
    door: 'iap',
    says: says.empty,
    answers: { ...iapMark, location: null },
  },
  {
    title: 'POST gets 401, whatever it accepts',
    facts: '15',
    method: 'POST',
    headers: { accept: 'text/html,*/*' },
    status: 401,
    door: 'iap',
    says: says.empty,
  },
  {
    title: 'a bearer that is no JWT',
    facts: '15',
    as: 'Bearer ya29.a0-user-access-token',
    status: 401,
    door: 'iap',
    says: says.unparsable,
    answers: iapMark,
  },
  {
    title: 'a JWT that somebody else signed',
    facts: '15',
    as: `forged alice@example.com ${clientId}`,
    status: 401,
    door: 'iap',
    says: says.signature,
  },
  {
    title: 'a JWT for the URL of the service',
    facts: '15',
    as: `token ${robot} https://${hosts.iap}`,
    status: 401,
    door: 'iap',
    says: says.audience,
    answers: iapMark,
  },
  {
    title: 'an expired JWT',
    facts: '15 + kubeflow/pipelines#4321',
    as: `expired ${robot} ${clientId}`,
    status: 401,
    door: 'iap',
    says: says.expired,
  },
  {
    title: 'a session cookie that was not issued here',
    facts: '15',
    headers: { accept: '*/*', cookie: 'sandbox_iap_session=YWxpY2U.AAAA' },
    status: 302,
    door: 'iap',
    says: says.empty,
  },
  {
    title: "somebody else's session with another name put in",
    facts: '15',
    as: 'swapped bob@example.com alice@example.com',
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
    says: says.empty,
  },
  {
    title: 'a caller with run.invoker meets IAP first all the same',
    facts: '15',
    as: `token ${robot} https://${hosts.shopRun}`,
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.eu}`, invoker, `serviceAccount:${robot}`),
    status: 401,
    door: 'iap',
    says: says.audience,
  },
  // IAP: may they in
  {
    title: 'somebody without the accessor role',
    facts: '15',
    as: 'cookie bob@example.com',
    status: 403,
    door: 'iap',
    says: says.noAccess,
    answers: iapMark,
  },
  {
    title: 'an accessor by token for the OAuth client',
    facts: '4',
    as: `token ${robot} ${clientId}`,
    given: (cloud) => bind(cloud, estate.backendResource, accessor, `serviceAccount:${robot}`),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'the token in Proxy-Authorization',
    facts: '15',
    headers: {},
    as: `proxy alice@example.com ${clientId}`,
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'a programmatic client of the IAP settings',
    facts: '4',
    as: 'token alice@example.com 222-cli.apps.googleusercontent.com',
    given: (cloud) =>
      cloud.iapSettings.set(estate.backendResource, {
        accessSettings: { oauthSettings: { programmaticClients: ['222-cli.apps.googleusercontent.com'] } },
      }),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'an accessor of all backends of the project',
    facts: '4',
    as: 'cookie bob@example.com',
    given: (cloud) => bind(cloud, 'projects/111/iap_web/compute', accessor, 'user:bob@example.com'),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'an accessor of the organisation, by domain',
    facts: '4',
    as: 'cookie bob@example.com',
    given: (cloud) => bind(cloud, 'organizations/9', accessor, 'domain:example.com'),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'an accessor on a path condition that does not hold',
    facts: '10',
    as: 'cookie bob@example.com',
    given: (cloud) =>
      bind(cloud, estate.backendResource, accessor, 'user:bob@example.com', 'request.path.startsWith("/admin")'),
    status: 403,
    door: 'iap',
    says: says.noAccess,
  },
  {
    title: 'an owner of the project is no accessor',
    facts: '9.2',
    as: 'cookie bob@example.com',
    given: (cloud) => bind(cloud, 'projects/p1', 'roles/owner', 'user:bob@example.com'),
    status: 403,
    door: 'iap',
    says: says.noAccess,
  },
  // IAP towards Cloud Run
  {
    title: 'no IAP agent in the project',
    facts: '15',
    as: alice,
    given: (cloud) => cloud.serviceAccounts.clear(),
    status: 500,
    door: 'iap',
    says: says.notProvisioned,
  },
  {
    title: 'the region where the agent holds run.invoker',
    facts: '4',
    as: alice,
    region: 'europe-west1',
    status: 200,
    door: 'container',
    answers: { 'x-sandbox-region': 'europe-west1' },
  },
  {
    title: "the region where it does not: Cloud Run's page, without IAP's mark",
    facts: '15, 16',
    as: alice,
    region: 'us-central1',
    status: 403,
    door: 'invoker',
    says: says.forbidden,
    answers: noIapMark,
  },
  {
    title: 'the agent inherits run.invoker from the project',
    facts: '16',
    as: alice,
    region: 'us-central1',
    given: (cloud) => bind(cloud, 'projects/p1', invoker, agent),
    status: 200,
    door: 'container',
  },
  {
    title: 'the agent inherits another invoking role from the folder',
    facts: '9.2',
    as: alice,
    region: 'us-central1',
    given: (cloud) => bind(cloud, 'folders/8', 'roles/run.developer', agent),
    status: 200,
    door: 'container',
  },
  {
    title: 'a custom role with run.routes.invoke',
    facts: '9.2',
    as: alice,
    region: 'us-central1',
    given: (cloud) => {
      cloud.roles.set('projects/p1/roles/caller', ['run.routes.invoke']);
      bind(cloud, `projects/p1/locations/${shop.us}`, 'projects/p1/roles/caller', agent);
    },
    status: 200,
    door: 'container',
  },
  {
    title: 'roles/viewer does not invoke',
    facts: '9.2',
    as: alice,
    region: 'us-central1',
    given: (cloud) => bind(cloud, 'projects/p1', 'roles/viewer', agent),
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    title: 'a conditional grant whose host does not hold',
    facts: '10',
    as: alice,
    region: 'us-central1',
    given: (cloud) =>
      bind(cloud, `projects/p1/locations/${shop.us}`, invoker, agent, 'request.host == "other.example.com"'),
    status: 403,
    door: 'invoker',
  },
  {
    title: 'the invoker check is disabled',
    facts: '2',
    as: alice,
    region: 'us-central1',
    given: (cloud) => annotate(cloud, shop.us, 'invoker-iam-disabled', 'true'),
    status: 200,
    door: 'container',
  },
  {
    title: 'allUsers may invoke',
    facts: '16',
    as: alice,
    region: 'us-central1',
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.us}`, invoker, 'allUsers'),
    status: 200,
    door: 'container',
  },
  {
    title: 'today a grant to the OAuth client ID is no grant',
    facts: '8',
    as: alice,
    region: 'us-central1',
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.us}`, invoker, `serviceAccount:${clientId}`),
    status: 403,
    door: 'invoker',
  },
  {
    title: 'in the IAM of 2021 it is one',
    facts: '8',
    iam: '2021',
    as: alice,
    region: 'us-central1',
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.us}`, invoker, `serviceAccount:${clientId}`),
    status: 200,
    door: 'container',
  },
  {
    title: 'ingress internal shuts the external balancer out',
    facts: '16',
    as: alice,
    region: 'europe-west1',
    given: (cloud) => annotate(cloud, shop.eu, 'ingress', 'internal'),
    status: 404,
    door: 'ingress',
    says: says.notFound,
    answers: noIapMark,
  },
  {
    title: 'a NEG whose service is gone',
    facts: '16',
    as: alice,
    region: 'europe-west1',
    given: (cloud) => cloud.runServices.delete(`projects/p1/locations/${shop.eu}`),
    status: 404,
    door: 'ingress',
    says: says.notFound,
  },
  {
    title: 'a backend without a NEG in the asked region',
    facts: '3',
    as: alice,
    region: 'asia-east1',
    status: 503,
    door: 'load-balancer',
  },
  // Balancer
  {
    title: 'a host that no balancer serves',
    facts: '3',
    host: 'nobody.example.com',
    status: 404,
    door: 'load-balancer',
  },
  {
    title: 'a path rule leads to the backend with IAP',
    facts: '3',
    host: hosts.open,
    path: '/shop/cart',
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
  },
  {
    title: 'the longest path rule wins',
    facts: '3',
    host: hosts.open,
    path: '/shop/public/logo',
    status: 403,
    door: 'invoker',
  },
  {
    title: 'a rule that ends in /* does not match what stands before it',
    facts: '3',
    host: hosts.open,
    path: '/shop/public',
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
  },
  { title: 'a path beside it does not', facts: '3', host: hosts.open, path: '/shopping', status: 403, door: 'invoker' },
  {
    title: 'IAP off: nobody asks who it is, and Cloud Run refuses',
    facts: '4',
    given: (cloud) => change(cloud, 'backendServices/shop-backend', { iap: { enabled: false } }),
    region: 'europe-west1',
    status: 403,
    door: 'invoker',
    says: says.forbidden,
    answers: noIapMark,
  },
  {
    title: 'a urlMask leads to the service that the path names',
    facts: '3',
    as: alice,
    path: '/shop',
    given: (cloud) =>
      estate.addCompute(cloud, 'regions/europe-west1', 'networkEndpointGroups', 'shop-neg', {
        cloudRun: { urlMask: '/<service>' },
      }),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'a function of the 2nd generation is its Run service',
    facts: '15',
    as: alice,
    given: (cloud) =>
      estate.addCompute(cloud, 'regions/europe-west1', 'networkEndpointGroups', 'shop-neg', {
        cloudFunction: { function: 'Shop' },
      }),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  // Cloud Run behind a balancer without IAP
  {
    title: 'no credential',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    title: "an invoker's token for this region",
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: `token ${robot} ${runUrl}`,
    status: 200,
    door: 'container',
  },
  {
    title: 'the same token in the other region: 401',
    facts: '16',
    host: hosts.open,
    region: 'us-central1',
    as: `token ${robot} ${runUrl}`,
    status: 401,
    door: 'invoker',
    says: says.unauthorized,
    answers: {
      'www-authenticate': 'Bearer error="invalid_token" error_description="The access token could not be verified"',
    },
  },
  {
    title: 'a custom audience holds in both',
    facts: '16',
    host: hosts.open,
    region: 'us-central1',
    as: `token ${robot} https://api.example.com/`,
    given: (cloud) => annotate(cloud, 'us-central1/services/api', 'custom-audiences', '["https://api.example.com"]'),
    status: 200,
    door: 'container',
  },
  {
    title: 'an OAuth access token',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: 'Bearer ya29.x',
    status: 401,
    door: 'invoker',
    says: says.unauthorized,
  },
  {
    title: 'a good token of somebody without the role',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: `token carol@example.com ${runUrl}`,
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    title: 'allAuthenticatedUsers takes any good token',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: `token carol@example.com ${runUrl}`,
    given: (cloud) => bind(cloud, 'projects/p1/locations/europe-west1/services/api', invoker, 'allAuthenticatedUsers'),
    status: 200,
    door: 'container',
  },
  {
    title: 'but not nobody',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    given: (cloud) => bind(cloud, 'projects/p1/locations/europe-west1/services/api', invoker, 'allAuthenticatedUsers'),
    status: 403,
    door: 'invoker',
  },
  {
    title: 'X-Serverless-Authorization is read first',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: 'Bearer ya29.x',
    headers: { serverless: `${robot} ${runUrl}` },
    status: 200,
    door: 'container',
  },
  // run.app
  {
    title: "a service's own URL, with its token",
    facts: '16',
    host: hosts.run,
    as: `token ${robot} ${runUrl}/`,
    status: 200,
    door: 'container',
  },
  {
    title: 'its own URL when only balancers may enter',
    facts: '16',
    host: hosts.shopRun,
    as: `token ${robot} https://${hosts.shopRun}`,
    status: 404,
    door: 'ingress',
    says: says.notFound,
  },
  {
    title: 'its own URL when that is disabled',
    facts: '16',
    host: hosts.run,
    as: `token ${robot} ${runUrl}`,
    given: (cloud) => annotate(cloud, 'europe-west1/services/api', 'default-url-disabled', 'true'),
    status: 404,
    door: 'ingress',
  },
  {
    title: 'a run.app host that does not exist',
    facts: '16',
    host: 'ghost-111.europe-west1.run.app',
    status: 404,
    door: 'ingress',
    says: says.notFound,
  },
  {
    title: '/healthz is answered before everything',
    facts: '16',
    host: hosts.run,
    path: '/healthz',
    as: `token ${robot} ${runUrl}`,
    status: 404,
    door: 'ingress',
  },
  {
    title: 'direct IAP on the own URL asks for a session',
    facts: '4',
    host: hosts.shopRun,
    given: direct,
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
  },
  {
    title: 'direct IAP lets an accessor of the service in',
    facts: '4',
    host: hosts.shopRun,
    given: direct,
    as: alice,
    status: 200,
    door: 'container',
  },
  {
    title: 'direct IAP without the grant to the agent',
    facts: '4',
    host: hosts.shopRun,
    given: (cloud) => {
      direct(cloud);
      estate.unbind(cloud, `projects/p1/locations/${shop.eu}`);
    },
    as: alice,
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
];

function direct(cloud: Cloud): void {
  annotate(cloud, shop.eu, 'iap-enabled', 'true');
  annotate(cloud, shop.eu, 'ingress', 'all');
  bind(cloud, runResource, accessor, 'user:alice@example.com');
}

describe('the front door', () => {
  let idTokens: IdTokens;
  let forger: IdTokens;

  before(async () => {
    [idTokens, forger] = await Promise.all([createIdTokens(), createIdTokens()]);
  });

  for (const row of rows) {
    it(`${row.status} ${row.door}: ${row.title} (FACTS ${row.facts})`, async () => {
      const cloud = estate.buildTwoDoorEstate(row.iam ?? 'today');
      row.given?.(cloud);
      await withDoor(cloud, async (ask, log) => {
        const answer = await ask(row);
        const logged = log.at(-1);
        assert.deepEqual([answer.status, logged?.['door']], [row.status, row.door], answer.body);
        assert.equal(logged?.status, row.status);
        if (row.says !== undefined) assert.ok(answer.body.includes(row.says), answer.body);
        for (const [name, value] of Object.entries(row.answers ?? {})) {
          const given = [answer.headers[name]].flat()[0];
          if (value === null) assert.equal(given, undefined, name);
          else if (typeof value === 'string') assert.equal(given, value);
          else assert.match(String(given), value);
        }
      });
    });
  }

  it('serves the regions in turn, so that a missing grant comes and goes', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), async (ask, log) => {
      for (let i = 0; i < 4; i++) await ask({ as: alice });
      assert.deepEqual(
        log.map(({ region, status, user }) => [region, status, user]),
        [
          ['europe-west1', 200, 'alice@example.com'],
          ['us-central1', 403, 'alice@example.com'],
          ['europe-west1', 200, 'alice@example.com'],
          ['us-central1', 403, 'alice@example.com'],
        ],
      );
    });
  });

  it('tells the container who came, and believes nobody outside who says so', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), async (ask) => {
      const headers = { 'x-goog-authenticated-user-email': 'accounts.google.com:root@example.com' };
      const { body } = await ask({ as: alice, headers, region: 'europe-west1' });
      const { headers: added, ...answer } = JSON.parse(body);
      const expected = {
        service: 'shop',
        region: 'europe-west1',
        revision: 'shop-00001-abc',
        user: 'alice@example.com',
        path: '/cart',
      };
      assert.deepEqual(answer, expected);
      assert.equal(added['x-goog-authenticated-user-email'], 'accounts.google.com:alice@example.com');
      const direct = await ask({ host: hosts.open, as: `token ${robot} ${runUrl}`, headers, region: 'europe-west1' });
      assert.deepEqual(JSON.parse(direct.body).headers, {});
    });
  });

  it('writes the path into the page as text, never as markup', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), async (ask) => {
      const { body } = await ask({ host: hosts.open, path: '/a&lt;' });
      assert.ok(body.includes('<code>/a&amp;lt;</code>'), body);
    });
  });

  it('lets the public in where allUsers are accessors, without asking who they are', async () => {
    const cloud = estate.buildTwoDoorEstate('today');
    bind(cloud, estate.backendResource, accessor, 'allUsers');
    await withDoor(cloud, async (ask) => {
      const { status, body } = await ask({ region: 'europe-west1' });
      assert.equal(status, 200);
      assert.equal(JSON.parse(body).user, null);
    });
  });

  it('gives out a session, an ID token and the keys to check it with', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), async (ask, log) => {
      assert.equal((await ask({ path: '/_sandbox/sign-in?user=nobody' })).status, 400);
      const { body: token } = await ask({ path: `/_sandbox/id-token?email=alice@example.com&audience=${clientId}` });
      assert.equal((await idTokens.verify(token.trim(), [clientId])).ok, true);
      assert.deepEqual(JSON.parse((await ask({ path: '/_sandbox/jwks' })).body), idTokens.jwks);
      assert.equal(log.length, 0, 'the own paths of the sandbox are no requests of users');
    });
  });

  type Ask = (
    question: Partial<Row>,
  ) => Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>;

  async function withDoor(cloud: Cloud, work: (ask: Ask, log: readonly RequestRow[]) => Promise<void>): Promise<void> {
    const requestLog = openRequestLog();
    const door = await startFrontDoor({ cloud, idTokens, requestLog });
    const ask: Ask = async ({ host = hosts.iap, method = 'GET', path = '/cart', as, headers = {}, region }) => {
      const { serverless, ...plain } = headers;
      const all = {
        host,
        ...plain,
        ...(region ? { 'x-sandbox-region': region } : {}),
        ...(await credential(as, door.port)),
      };
      if (serverless)
        Object.assign(all, { 'x-serverless-authorization': `Bearer ${await mint(idTokens, serverless)}` });
      return send({ port: door.port, method, path, headers: all });
    };
    try {
      await work(ask, requestLog.rows);
    } finally {
      await door.stop();
    }
  }

  async function credential(as: string | undefined, port: number): Promise<Record<string, string>> {
    const [kind = '', ...rest] = (as ?? '').split(' ');
    const request = rest.join(' ');
    switch (kind) {
      case '':
        return {};
      case 'cookie': {
        const signIn = await send({ port, method: 'GET', path: `/_sandbox/sign-in?user=${request}`, headers: {} });
        return { cookie: String(signIn.headers['set-cookie']).split(';')[0] ?? '' };
      }
      case 'swapped': {
        const { cookie = '' } = await credential(`cookie ${rest[0]}`, port);
        const encoded = (email = '') => Buffer.from(email).toString('base64url');
        return { cookie: cookie.replace(encoded(rest[0]), encoded(rest[1])) };
      }
      case 'token':
        return { authorization: `Bearer ${await mint(idTokens, request)}` };
      case 'expired':
        return { authorization: `Bearer ${await mint(idTokens, request, -60)}` };
      case 'forged':
        return { authorization: `Bearer ${await mint(forger, request)}` };
      case 'proxy':
        return { 'proxy-authorization': `Bearer ${await mint(idTokens, request)}`, authorization: 'Basic abc' };
      default:
        return { authorization: as ?? '' };
    }
  }
});

function mint(idTokens: IdTokens, request: string, expiresIn = 3600): Promise<string> {
  const [email = '', audience = ''] = request.split(' ');
  return idTokens.mint({ email, audience, expiresIn });
}

interface Sent {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** node:http, because fetch neither sends a Host of our own nor keeps from following. */
function send({ port, method, path, headers }: Sent) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const request = sendRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on('error', reject);
    request.end();
  });
}
