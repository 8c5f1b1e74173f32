import assert from 'node:assert/strict';
import { get } from 'node:http';
import { type ArticleEstate, buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { startFrontDoor } from '../../../sandbox/front-door/start-front-door.ts';
import { createIdTokens } from '../../../sandbox/id-token.ts';
import type { LoopbackServer } from '../../../sandbox/loopback-server.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';

describe("the front door of the article's estate", () => {
  let sandbox: Sandbox;
  let door: LoopbackServer;
  let estate: ArticleEstate;
  let cookie: string;

  async function start(iam: 'today' | '2021') {
    sandbox = await startSandbox({ iam });
    estate = buildArticleEstate(sandbox.cloud, { seed: 7 });
    const { cloud, requestLog } = sandbox;
    door = await startFrontDoor({ cloud, requestLog, idTokens: await createIdTokens() });
    const signIn = await fetch(`${door.url}/_sandbox/sign-in?user=${estate.user}`);
    cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  afterEach(async () => {
    await door.stop();
    await sandbox.stop();
  });

  /** Status and door for the estate's user in each region that the balancer has. */
  async function visit(): Promise<string[]> {
    const seen = [];
    for (const region of estate.regions) {
      const headers = { host: estate.host, cookie, 'x-sandbox-region': region };
      await new Promise((resolve, reject) => {
        get(`${door.url}/`, { headers }, (response) => response.resume().on('end', resolve)).on('error', reject);
      });
      const row = sandbox.requestLog.rows.at(-1);
      seen.push(`${row?.status} ${row?.['door']} ${row?.['user'] ?? '-'}`);
    }
    return seen;
  }

  async function call(verb: string, path: string, body?: object) {
    const response = await fetch(`${sandbox.url}${path}`, {
      method: verb,
      headers: { authorization: 'Bearer fake-token' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = JSON.parse(await response.text());
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  const switchIapOn = (iap: object) =>
    call('PATCH', `/compute/v1/projects/${estate.projectId}/global/backendServices/${estate.backend}`, {
      iap: { enabled: true, ...iap },
    });

  async function grant(region: string, member: string) {
    const path = `/v1/projects/${estate.projectId}/locations/${region}/services/${estate.service}`;
    const policy = await call('GET', `${path}:getIamPolicy?options.requestedPolicyVersion=3`);
    const bindings = [{ role: 'roles/run.invoker', members: [member] }];
    await call('POST', `${path}:setIamPolicy`, { policy: { ...policy, bindings } });
  }

  it('shuts everybody out when IAP is switched on, and lets users in region by region as the agent is bound', async () => {
    await start('today');
    const user = estate.user;
    assert.deepEqual(await visit(), ['403 invoker -', '403 invoker -']);
    await switchIapOn({});
    assert.deepEqual(await visit(), [`403 invoker ${user}`, `403 invoker ${user}`]);
    await grant(estate.regions[1], estate.iapAgent);
    assert.deepEqual(await visit(), [`403 invoker ${user}`, `200 container ${user}`]);
    await grant(estate.regions[0], estate.iapAgent);
    assert.deepEqual(await visit(), [`200 container ${user}`, `200 container ${user}`]);
  });

  it('lets users in by the OAuth client ID as well, where IAM takes it as a principal', async () => {
    await start('2021');
    await switchIapOn({ oauth2ClientId: estate.clientId, oauth2ClientSecret: 'secret' });
    await grant(estate.regions[0], `serviceAccount:${estate.clientId}`);
    assert.deepEqual(await visit(), [`200 container ${estate.user}`, `403 invoker ${estate.user}`]);
  });
});
