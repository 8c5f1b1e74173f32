import assert from 'node:assert/strict';
import { createIdTokens } from '../../../sandbox/id-token.ts';
import { type Signers, withDoor } from './ask-door.ts';
import { accessor, alice, robot, runUrl } from './request-row.ts';
import { requests } from './requests-table.ts';
import * as estate from './two-door-estate.ts';

const { hosts, clientId, bind } = estate;

describe('the front door', () => {
  let signers: Signers;

  before(async () => {
    const [idTokens, forger] = await Promise.all([createIdTokens(), createIdTokens()]);
    signers = { idTokens, forger };
  });

  it('is held to a table of 40 requests or more, no two of them the same', () => {
    assert.ok(requests.length >= 40);
    assert.equal(new Set(requests.map(({ title, region }) => `${title} ${region}`)).size, requests.length);
    for (const { title, facts } of requests) assert.match(facts, /^[1-9]/, title);
  });

  for (const row of requests) {
    it(`${row.status} ${row.door}: ${row.title}${row.region ? `, ${row.region}` : ''} (FACTS ${row.facts})`, async () => {
      const cloud = estate.buildTwoDoorEstate(row.iam ?? 'today');
      row.given?.(cloud);
      await withDoor(cloud, signers, async (ask, log) => {
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
    await withDoor(estate.buildTwoDoorEstate('today'), signers, async (ask, log) => {
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
    await withDoor(estate.buildTwoDoorEstate('today'), signers, async (ask) => {
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
    await withDoor(estate.buildTwoDoorEstate('today'), signers, async (ask) => {
      const { body } = await ask({ host: hosts.open, path: '/a&lt;' });
      assert.ok(body.includes('<code>/a&amp;lt;</code>'), body);
    });
  });

  it('lets the public in where allUsers are accessors, without asking who they are', async () => {
    const cloud = estate.buildTwoDoorEstate('today');
    bind(cloud, estate.backendResource, accessor, 'allUsers');
    await withDoor(cloud, signers, async (ask) => {
      const { status, body } = await ask({ region: 'europe-west1' });
      assert.equal(status, 200);
      assert.equal(JSON.parse(body).user, null);
    });
  });

  it('gives out a session, an ID token and the keys to check it with', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), signers, async (ask, log) => {
      assert.equal((await ask({ path: '/_sandbox/sign-in?user=nobody' })).status, 400);
      const { body: token } = await ask({ path: `/_sandbox/id-token?email=alice@example.com&audience=${clientId}` });
      assert.equal((await signers.idTokens.verify(token.trim(), [clientId])).ok, true);
      assert.deepEqual(JSON.parse((await ask({ path: '/_sandbox/jwks' })).body), signers.idTokens.jwks);
      assert.equal(log.length, 0, 'the own paths of the sandbox are no requests of users');
    });
  });

  it('shares requests by weight', async () => {
    const cloud = estate.buildTwoDoorEstate('today');
    const backend = (name: string, weight: number) => ({
      backendService: `projects/p1/global/backendServices/${name}-backend`,
      weight,
    });
    estate.change(cloud, 'urlMaps/map', {
      defaultRouteAction: { weightedBackendServices: [backend('shop', 3), backend('api', 1)] },
      defaultService: undefined,
      hostRules: [],
    });
    await withDoor(cloud, signers, async (ask, log) => {
      for (let i = 0; i < 8; i++) await ask({});
      assert.equal(log.filter(({ door }) => door === 'iap').length, 6);
      assert.equal(log.filter(({ door }) => door === 'invoker').length, 2);
    });
  });

  it('answers without TLS, and records whether a certificate covers the host', async () => {
    const cloud = estate.buildTwoDoorEstate('today');
    await withDoor(cloud, signers, async (ask, log) => {
      await ask({});
      await ask({ host: hosts.open });
      estate.change(cloud, 'targetHttpsProxies/proxy', { certificateMap: '//certificatemanager.googleapis.com/x' });
      await ask({ host: hosts.open });
      await ask({ host: hosts.run });
      assert.deepEqual(
        log.map(({ certificate }) => certificate),
        ['covers the host', 'does not cover the host', 'unknown', undefined],
      );
    });
  });

  it('records why a door stayed shut, and does not tell the user', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), signers, async (ask, log) => {
      const region = 'us-central1';
      await ask({ as: `token ${robot} https://x`, region });
      await ask({ as: 'cookie bob@example.com', region });
      await ask({ as: alice, region });
      const { body } = await ask({ host: hosts.open, as: `token ${robot} ${runUrl}`, region });
      assert.deepEqual(
        log.map(({ why }) => why),
        [
          'token refused: audience',
          'no accessor (groups have no members here)',
          `${estate.agent} lacks run.routes.invoke`,
          'token refused: audience',
        ],
      );
      assert.equal(body.includes('audience'), false);
    });
  });

  it('says of each answer which region gave it', async () => {
    await withDoor(estate.buildTwoDoorEstate('today'), signers, async (ask) => {
      const seen = [];
      for (let i = 0; i < 2; i++) seen.push((await ask({ as: alice })).headers['x-sandbox-region']);
      assert.deepEqual(seen, ['europe-west1', 'us-central1']);
    });
  });
});
