import assert from 'node:assert/strict';
import { createGoogleClients } from '../../../../functions/adapters/google-clients.ts';
import { createLiveReader } from '../../../../functions/adapters/live-reader/create-live-reader.ts';
import { parseSettings } from '../../../../functions/config.ts';
import { explainRequest } from '../../../../functions/core/explain/explain-request.ts';
import { parseRequest, type RequestQuestion } from '../../../../functions/core/explain/request.ts';
import type { Cloud } from '../../../../sandbox/cloud.ts';
import { type Sandbox, startSandbox } from '../../../../sandbox/start-sandbox.ts';
import type { Row } from '../../../sandbox/front-door/request-row.ts';
import { requests } from '../../../sandbox/front-door/requests-table.ts';
import { agent, bind, buildTwoDoorEstate, hosts } from '../../../sandbox/front-door/two-door-estate.ts';
import { quickTiming } from '../../../support/sandbox-google.ts';

/** Rows on which `explain` says that it does not know, and why it must not. */
const unknown: ReadonlyMap<string, RegExp> = new Map([
  ['a group of accessors: groups have no members in the sandbox, so nobody is let in by one', /cannot be read here/],
  ['in the IAM of 2021 it is one', /nothing says that the client still counts/],
  ['today a grant to the OAuth client ID is no grant', /nothing says that the client still counts/],
  ['a custom audience holds in both', /Whether api takes the audience/],
  ['plain http is sent to https, before IAP', /over plain http there is no certificate/],
  ['all predicates of a match rule must hold', /looks at headers/],
  ['an inverted header match', /looks at headers/],
  ['any of several match rules is enough, here a query parameter', /looks at headers/],
]);

describe('the requests that the front door is held to', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());

  const asked = requests.flatMap((row) => {
    const question = questionOf(row);
    return question ? [{ row, question }] : [];
  });

  it('are asked of explain too, but for broken tokens and what the sandbox does not model', () => {
    assert.ok(asked.length >= 95, String(asked.length));
  });

  for (const { row, question } of asked) {
    const where = row.region ? `, ${row.region}` : '';
    it(`${row.status} ${row.door}: ${row.title}${where} (FACTS ${row.facts})`, async () => {
      const cloud = buildTwoDoorEstate(row.iam ?? 'today');
      row.given?.(cloud);
      const explained = explainRequest(parseRequest(question, new Date().toISOString()), await read(cloud));
      if (!explained.isServed) return assert.equal(row.status, 404);
      const ways = explained.ways.filter(({ region }) => row.region === undefined || region === row.region);
      if (ways.length === 0) return assert.equal(row.status, 503);
      const reason = unknown.get(row.title);
      if (reason) {
        assert.match(ways.flatMap(({ outcome }) => (outcome.known ? [] : outcome.why)).join(), reason);
        return;
      }
      for (const { outcome } of ways.slice(0, 1)) {
        assert.ok(outcome.known, outcome.known ? '' : outcome.why);
        const isAgentGone = row.status === 500;
        const answer = isAgentGone ? outcome.withoutAgent : outcome;
        assert.deepEqual([answer?.status, answer?.door], [row.status, row.door], JSON.stringify(explained, null, 1));
        const said = row.says?.replaceAll(/<[^>]*>/g, '');
        if (said !== undefined) assert.equal(answer?.words, said);
      }
    });
  }

  async function read(given: Cloud) {
    const { cloud } = sandbox;
    for (const part of ['projects', 'folders', 'runServices', 'compute', 'policies', 'iapSettings', 'roles'] as const) {
      const map: Map<string, unknown> = cloud[part];
      map.clear();
      for (const [key, value] of given[part]) map.set(key, value);
    }
    // IAM takes no account that does not exist, and shows one that is gone as deleted.
    const isGone = !given.serviceAccounts.has(agent.slice('serviceAccount:'.length));
    for (const [key, policy] of isGone ? cloud.policies : []) {
      const text = JSON.stringify(policy).replaceAll(agent, `deleted:${agent}?uid=1`);
      cloud.policies.set(key, JSON.parse(text));
    }
    for (const key of ['projects/p1', 'folders/8', 'organizations/9'])
      bind(cloud, key, 'roles/owner', 'user:admin@example.com');
    const clients = createGoogleClients({ SALLYPORT_SANDBOX_URL: sandbox.url }, async () => 'fake-token');
    const clock = { now: () => Date.now() };
    const reader = createLiveReader({ clients, clock, timing: quickTiming, settings: parseSettings({}) });
    return reader.readProject('p1', { iapPolicies: true, pushPaths: true, everyDoor: true });
  }
});

/** Undefined for a row of which `explain` cannot be asked: a token that is no good, headers of one's own, a door that says 501. */
function questionOf({
  host = hosts.iap,
  method = 'GET',
  path = '/cart',
  as = '',
  headers = {},
  status,
}: Row): RequestQuestion | undefined {
  const { accept = '', 'x-sandbox-scheme': scheme = 'https', ...others } = headers;
  const [kind = '', email = '', audience] = as.split(' ');
  if (status === 501 || Object.keys(others).length > 0 || !['', 'cookie', 'token', 'proxy'].includes(kind))
    return undefined;
  const who = `${email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${email}`;
  return {
    url: `${scheme}://${host}${path}`,
    method,
    accept,
    ...(email === '' ? {} : { as: who }),
    ...(audience === undefined ? {} : { tokenAudience: audience }),
  };
}
