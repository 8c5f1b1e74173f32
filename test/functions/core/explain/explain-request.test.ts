import assert from 'node:assert/strict';
import { explainRequest } from '../../../../functions/core/explain/explain-request.ts';
import { parseRequest, type RequestQuestion } from '../../../../functions/core/explain/request.ts';
import type { Inventory, Policy } from '../../../../functions/core/inventory.ts';
import { balancers, frontend, to, urlMap } from '../../../support/balancer.ts';
import {
  agent,
  backend,
  clientId,
  grant,
  inventory,
  neg,
  policy,
  project,
  service,
  wholeLists,
} from '../../../support/estate.ts';

const eu = service('europe-west1');
const us = service('us-central1');
const negs = [neg(eu), neg(us)];
const shop = backend(negs, { id: '7', oauth2ClientId: clientId });
const ann = 'user:ann@acme.example';
const robot = 'serviceAccount:robot@acme-prod.iam.gserviceaccount.com';
const page = { url: 'https://shop.acme.example/cart', as: ann };

/** Two regions behind IAP, everything read, everybody let in who should be; `over` breaks it. */
function estate(over: Partial<Inventory> = {}, ...accessors: readonly Policy[]): Inventory {
  const own = accessors[0] ?? policy({ role: 'roles/iap.httpsResourceAccessor', members: [ann, robot] });
  return inventory({
    services: [eu, us],
    negs,
    backends: [shop],
    projects: [{ ...project, ancestors: [] }],
    policies: [
      [eu, policy(grant(agent))],
      [us, policy(grant(agent))],
    ],
    more: {
      balancers: balancers(urlMap(to(shop))),
      iapPolicies: new Map([[shop.name, [own, policy(), policy(), policy()]]]),
      iapClients: new Map([[shop.name, { programmaticClients: [] }]]),
      lists: wholeLists,
      ...over,
    },
  });
}

function ask(question: RequestQuestion, given: Inventory = estate(), region?: string) {
  return explainRequest(parseRequest(question, '2026-10-01T12:00:00Z'), given, region);
}

/** `region: status`, or `region: ?` and why. */
function tell(question: RequestQuestion, given?: Inventory): readonly string[] {
  return ask(question, given).ways.map(
    ({ region, outcome }) => `${region}: ${outcome.known ? `${outcome.status} ${outcome.door}` : `? ${outcome.why}`}`,
  );
}

describe('explain a request', () => {
  it('passes in each region where every door lets it through', () => {
    const explained = ask(page);
    assert.equal(explained.verdict, 'passes');
    assert.deepEqual(tell(page), ['europe-west1: 200 container', 'us-central1: 200 container']);
    assert.equal(explained.theOne, undefined);
    assert.deepEqual(
      explained.hops.map(({ hop }) => hop),
      ['host', 'forwarding-rule', 'certificate', 'url-map', 'backend', 'credential', 'accessor'],
    );
    assert.deepEqual(
      explained.ways[0]?.hops.map(({ hop, state }) => `${hop} ${state}`),
      ['neg pass', 'ingress pass', 'invoker pass'],
    );
  });

  it('fails in the one region that lacks the grant, and gives the command for that one', () => {
    const { policies, ...rest } = estate();
    const lacking = { ...rest, policies: new Map([...policies, [us.name, policy()]]) };
    const explained = ask(page, lacking);
    assert.equal(explained.verdict, 'fails');
    assert.deepEqual(tell(page, lacking), ['europe-west1: 200 container', 'us-central1: 403 invoker']);
    assert.match(explained.theOne ?? '', /add-iam-policy-binding shop .*--region=us-central1 .*gcp-sa-iap/);
    assert.equal(ask(page, lacking, 'europe-west1').verdict, 'passes');
  });

  it('says 302 to nobody, 401 to a POST, and that only while the world is not let in', () => {
    assert.match(tell({ url: page.url })[0] ?? '', /302 iap/);
    assert.match(tell({ url: page.url, method: 'POST' })[0] ?? '', /401 iap/);
    const [way] = ask({ url: page.url }, estate({ iapPolicies: new Map() })).ways;
    assert.match((way?.outcome.known && way.outcome.assuming?.join()) || '', /does not let in the whole world/);
  });

  describe('says unknown as unknown', () => {
    const accessors = (...members: string[]) => policy({ role: 'roles/iap.httpsResourceAccessor', members });
    const condition = (expression: string) =>
      policy({ role: 'roles/iap.httpsResourceAccessor', members: [ann], condition: { title: 't', expression } });
    const custom = policy({ role: 'projects/acme-prod/roles/users', members: [ann] });
    const { balancers: _, ...unread } = estate();
    const twice = balancers(
      urlMap(to(shop)),
      urlMap(to('other'), { name: '//compute.googleapis.com/projects/acme-prod/global/urlMaps/b' }),
    );
    const { certificates: __, ...mapped } = frontend(urlMap(to(shop)));
    const cases: readonly (readonly [string, Inventory, RegExp, RequestQuestion?])[] = [
      [
        'a group of accessors',
        estate({}, accessors('group:all@acme.example')),
        /in group:all@acme.example cannot be read here/,
      ],
      [
        'a condition on access levels',
        estate({}, condition('"x" in request.auth.access_levels')),
        /under a condition that is not judged/,
      ],
      ['a custom role that was not read', estate({}, custom), /whose permissions were not read/],
      [
        'a level of IAP that was not read',
        estate(
          { iapPolicyGaps: new Map([[shop.name, [`//iap.googleapis.com/projects/acme-prod/iap_web`]]]) },
          accessors(),
        ),
        /was not read/,
      ],
      ['IAP’s policies that were not read', estate({ iapPolicies: new Map() }), /were not read/],
      [
        'what is above a project',
        { ...estate({}, accessors()), projects: new Map([[project.name, project]]) },
        /what is above acme-prod was not read/,
      ],
      ['balancers that were not read', unread, /were not read/],
      [
        'a balancer that could not be read',
        estate({ balancers: { urlMaps: [], frontends: [], unread: ['//compute.googleapis.com/projects/x'] } }),
        /could not be read: \/\/compute/,
      ],
      ['two balancers with the host', estate({ balancers: twice }), /only DNS says/],
      [
        'a certificate map, where no rule names the host',
        estate({ balancers: { urlMaps: [urlMap(to(shop))], frontends: [mapped] } }),
        /may be another balancer/,
      ],
      [
        'a backend that was not read',
        estate({ balancers: balancers(urlMap(to('elsewhere'))) }),
        /elsewhere was not read/,
      ],
      [
        'IAP’s settings that were not read',
        estate({ iapClients: new Map() }),
        /stands in IAP’s settings/,
        { ...page, as: robot, tokenAudience: '9-x.apps.googleusercontent.com' },
      ],
      [
        'a client that settings override',
        estate({
          iapClients: new Map([[shop.name, { clientId: '9-x.apps.googleusercontent.com', programmaticClients: [] }]]),
        }),
        /not documented/,
        { ...page, as: robot, tokenAudience: clientId },
      ],
    ];
    for (const [title, given, why, question = page] of cases) {
      it(title, () => {
        const explained = ask(question, given);
        assert.notEqual(explained.verdict, 'passes');
        assert.ok(explained.ways.length > 0);
        for (const { outcome } of explained.ways)
          assert.match(outcome.known ? `known ${outcome.status}` : outcome.why, why);
      });
    }
  });

  it('tells of Google’s own client: no program gets in, and of people only the organisation’s', () => {
    const { oauth2ClientId: _, ...managed } = shop;
    const given = { ...estate(), backends: [managed] };
    const [way] = ask(page, given).ways;
    assert.match((way?.outcome.known && way.outcome.assuming?.join()) || '', /belongs to the organisation/);
    assert.deepEqual(tell({ ...page, as: robot, tokenAudience: clientId }, given), [
      'europe-west1: 401 iap',
      'us-central1: 401 iap',
    ]);
  });

  it('says what IAP answers where its agent does not exist, unless something shows that it does', () => {
    const { policies, ...rest } = estate();
    const bare = { ...rest, policies: new Map([...policies, [eu.name, policy()], [us.name, policy()]]) };
    const [unseen] = ask(page, bare).ways;
    assert.equal(unseen?.outcome.known && unseen.outcome.withoutAgent?.status, 500);
    const [seen] = ask(page).ways;
    assert.equal(seen?.outcome.known && seen.outcome.withoutAgent, undefined);
  });

  it('goes on behind a certificate that does not hold the host, and still fails', () => {
    const map = urlMap(to(shop), {
      hostRules: [{ hosts: ['new.acme.example'], pathMatcher: 'm' }],
      pathMatchers: [{ name: 'm', pathRules: [], routeRules: [], defaultTarget: to(shop) }],
    });
    const explained = ask({ ...page, url: 'https://new.acme.example/' }, estate({ balancers: balancers(map) }));
    assert.equal(explained.verdict, 'fails');
    assert.match(explained.theOne ?? '', /ssl-certificates create .*--domains=new.acme.example/);
    assert.equal(explained.ways[0]?.outcome.known && explained.ways[0].outcome.status, 200);
  });

  it('recommends IAP on the service where one region serves and the balancer leads nowhere else', () => {
    const one = { ...shop, groups: shop.groups.slice(0, 1) };
    assert.match(
      ask(page, { ...estate(), backends: [one] }).advice[0] ?? '',
      /needs no balancer.*services update shop .*--iap/,
    );
    assert.deepEqual(ask(page).advice, []);
    const more = balancers(
      urlMap(to(one), { pathMatchers: [{ name: 'm', pathRules: [], routeRules: [], defaultTarget: to('other') }] }),
    );
    assert.deepEqual(ask(page, { ...estate({ balancers: more }), backends: [one] }).advice, []);
  });

  it('knows whom nobody serves, and names those that are served', () => {
    const explained = ask({ ...page, url: 'https://shpo.acme.example/' });
    assert.equal(explained.isServed, false);
    assert.ok(explained.servedHosts.includes('shop.acme.example'));
    assert.equal(explained.verdict, 'unknown');
  });

  it('refuses what is no request', () => {
    for (const bad of [
      { url: 'shop' },
      { url: 'ftp://x.y/' },
      { ...page, as: 'group:x@y.z' },
      { ...page, as: 'ann' },
      { url: page.url, tokenAudience: 'x' },
    ]) {
      assert.throws(() => parseRequest(bad), { code: 'bad-usage' });
    }
  });
});
