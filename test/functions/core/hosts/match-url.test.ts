import assert from 'node:assert/strict';
import { matchUrl } from '../../../../functions/core/hosts/match-url.ts';
import type { Balancers, PathMatcher } from '../../../../functions/core/inventory.ts';
import { balancers, frontend, to, urlMap } from '../../../support/balancer.ts';

const host = 'https://shop.acme.example';
const compute = '//compute.googleapis.com/projects/acme-prod';

function backendsAt(url: string, given: Balancers): string {
  const { certainty, why, candidates } = matchUrl(url, given);
  const names = candidates.flatMap(({ targets }) =>
    targets.map((target) =>
      target.kind === 'backends'
        ? target.backends.map(({ backend }) => backend.split('/').at(-1)).join('+')
        : target.kind,
    ),
  );
  return `${certainty}: ${[...names, ...why].join(' ')}`.trim();
}

function matcher(over: Partial<PathMatcher>): PathMatcher {
  return { name: 'm', pathRules: [], routeRules: [], defaultTarget: to('rest'), ...over };
}

describe('matchUrl', () => {
  it('a certificate that holds the host makes a default-only map its server', () => {
    assert.equal(backendsAt(`${host}/hook`, balancers(urlMap(to('shop')))), 'certain: shop');
    assert.equal(backendsAt('https://SHOP.acme.example./', balancers(urlMap(to('shop')))), 'certain: shop');
    assert.equal(backendsAt('https://elsewhere.example/', balancers(urlMap(to('shop')))), 'certain:');
    assert.equal(backendsAt('http://shop.acme.example/', balancers(urlMap(to('shop')))), 'certain:');
    assert.equal(backendsAt('https://shop.acme.example:8443/', balancers(urlMap(to('shop')))), 'certain:');
  });

  it("Google's own hosts are no balancer's, whatever a map with a * would take", () => {
    const map = urlMap(to('shop'), { hostRules: [{ hosts: ['*'], pathMatcher: 'm' }], pathMatchers: [matcher({})] });
    const open = { urlMaps: [map], frontends: [{ ...frontend(map), certificates: undefined }] } as unknown as Balancers;
    assert.equal(backendsAt('https://shop-1.europe-west1.run.app/', open), 'certain:');
  });

  it('hosts: exact before the longest wildcard before *, then the default', () => {
    const rules = ['shop.acme.example', '*.acme.example', '*.example', '*'].map((one, at) => ({
      hosts: [one],
      pathMatcher: `m${at}`,
    }));
    const map = urlMap(to('default'), {
      hostRules: rules,
      pathMatchers: rules.map((_, at) => matcher({ name: `m${at}`, defaultTarget: to(`b${at}`) })),
    });
    const front = frontend(map, {
      certificates: [{ name: 'c', domains: ['shop.acme.example', '*.acme.example', '*.example', 'other.org'] }],
    });
    const at = (url: string) => backendsAt(url, { urlMaps: [map], frontends: [front] });
    assert.equal(at('https://shop.acme.example/'), 'certain: b0');
    assert.equal(at('https://desk.acme.example/'), 'certain: b1');
    assert.equal(at('https://acme.example/'), 'certain: b2');
    assert.equal(at('https://other.org/'), 'certain: b3');
    // A certificate's * is one label, a host rule's any number.
    assert.equal(at('https://a.b.acme.example/'), 'unknown: b1 certificates-do-not-cover');
  });

  it('paths: exact, then the longest prefix; /* does not take the folder itself', () => {
    const one = matcher({
      pathRules: [
        { paths: ['/a/*'], target: to('a') },
        { paths: ['/a/b/*', '/a/b'], target: to('ab') },
        { paths: ['/a/'], target: to('exact') },
      ],
    });
    const map = urlMap(to('default'), {
      hostRules: [{ hosts: ['shop.acme.example'], pathMatcher: 'm' }],
      pathMatchers: [one],
    });
    const at = (path: string) => backendsAt(host + path, balancers(map));
    assert.deepEqual(
      ['/a/x', '/a/b', '/a/b/c?x=/a/z', '/a/', '/a', '/A/x'].map(at),
      ['a', 'ab', 'ab', 'exact', 'rest', 'rest'].map((name) => `certain: ${name}`),
    );
  });

  it('route rules: by priority, prefix, full path, template, case; headers leave two ways open', () => {
    const match = (over: object) => [{ ignoreCase: false, hasOtherConditions: false, ...over }];
    const one = matcher({
      routeRules: [
        { priority: 9, matches: match({ prefix: '/' }), target: to('last') },
        { priority: 1, matches: match({ fullPath: '/FULL', ignoreCase: true }), target: to('full') },
        { priority: 2, matches: match({ pathTemplate: '/users/{id=*}/**' }), target: to('users') },
        { priority: 3, matches: match({ regex: '/v[0-9]+/.*' }), target: to('version') },
        { priority: 4, matches: match({ prefix: '/beta', hasOtherConditions: true }), target: to('beta') },
        { priority: 5, matches: match({ regex: '/slow/(a+)+$' }), target: to('slow') },
      ],
    });
    const map = urlMap(to('default'), {
      hostRules: [{ hosts: ['shop.acme.example'], pathMatcher: 'm' }],
      pathMatchers: [one],
    });
    const at = (path: string) => backendsAt(host + path, balancers(map));
    assert.equal(at('/full'), 'certain: full');
    assert.equal(at('/users/7/a/b'), 'certain: users');
    assert.equal(at('/v12/x'), 'certain: version');
    assert.equal(at('/beta/x'), 'unknown: beta slow last path-pattern-not-evaluated route-looks-at-more-than-the-path');
    assert.equal(at('/x'), 'unknown: slow last path-pattern-not-evaluated');
  });

  it('a header condition alone is ambiguous, and certain where both ways lead to the same place', () => {
    const build = (other: string) =>
      urlMap(to('default'), {
        hostRules: [{ hosts: ['shop.acme.example'], pathMatcher: 'm' }],
        pathMatchers: [
          matcher({
            routeRules: [
              {
                priority: 1,
                matches: [{ prefix: '/', ignoreCase: false, hasOtherConditions: true }],
                target: to(other),
              },
              { priority: 2, matches: [], target: to('rest') },
            ],
          }),
        ],
      });
    assert.equal(
      backendsAt(host, balancers(build('canary'))),
      'ambiguous: canary rest route-looks-at-more-than-the-path',
    );
    assert.equal(backendsAt(host, balancers(build('rest'))), 'certain: rest rest');
  });

  it('two balancers for one host: only DNS knows, unless both lead to the same place', () => {
    const [one, two] = [urlMap(to('shop')), urlMap(to('desk'), { name: `${compute}/global/urlMaps/two` })];
    assert.equal(backendsAt(host, balancers(one, two)), 'ambiguous: shop desk several-balancers');
    assert.equal(backendsAt(host, balancers(one, { ...two, defaultTarget: to('shop') })), 'certain: shop shop');
    assert.equal(
      backendsAt(host, { urlMaps: [one], frontends: [frontend(one), frontend(one, { name: 'ipv6' })] }),
      'certain: shop',
    );
  });

  it('a balancer whose certificates are not known gives way to one that has the host, and is unknown alone', () => {
    const [one, two] = [urlMap(to('shop')), urlMap(to('desk'), { name: `${compute}/global/urlMaps/two` })];
    const { certificates: _, ...open } = frontend(two);
    assert.equal(backendsAt(host, { urlMaps: [one, two], frontends: [frontend(one), open] }), 'certain: shop');
    assert.equal(backendsAt(host, { urlMaps: [two], frontends: [open] }), 'unknown: desk certificates-not-known');
    const named = {
      ...two,
      hostRules: [{ hosts: ['shop.acme.example'], pathMatcher: 'm' }],
      pathMatchers: [matcher({})],
    };
    assert.equal(backendsAt(host, { urlMaps: [named], frontends: [open] }), 'certain: rest');
  });

  it('what was not read is unknown, never nobody', () => {
    const map = urlMap(to('shop'));
    assert.equal(backendsAt(host, { urlMaps: [], frontends: [frontend(map)] }), 'unknown: url-map-not-read');
    assert.equal(
      backendsAt('https://x.example/', { urlMaps: [], frontends: [], unread: ['p'] }),
      'unknown: balancers-not-read',
    );
    assert.equal(backendsAt('nonsense', balancers(map)), 'unknown: not-a-web-address');
    const gone = urlMap(to('shop'), { hostRules: [{ hosts: ['*'], pathMatcher: 'gone' }] });
    assert.equal(backendsAt(host, balancers(gone)), 'unknown: path-matcher-missing');
  });

  it('from outside, balancers with internal addresses serve nobody', () => {
    const map = urlMap(to('shop'));
    const inside = { urlMaps: [map], frontends: [frontend(map, { loadBalancingScheme: 'INTERNAL_MANAGED' })] };
    assert.equal(matchUrl(host, inside).candidates.length, 1);
    assert.equal(matchUrl(host, inside, { fromOutside: true }).candidates.length, 0);
  });

  it('no expression of somebody else takes long', () => {
    const evil = ['(a*)*b', '(a|aa)+$', 'a*a*a*a*a*b', '.*.*.*x', '(?=a)b', '\\1', 'a{1,99999}', '[', 'x'.repeat(300)];
    const path = `/${'a'.repeat(2000)}`;
    const started = performance.now();
    for (const regex of [...evil, '/a*.*b']) {
      const one = matcher({
        routeRules: [
          { priority: 1, matches: [{ regex, ignoreCase: false, hasOtherConditions: false }], target: to('x') },
        ],
      });
      const map = urlMap(to('default'), { hostRules: [{ hosts: ['*'], pathMatcher: 'm' }], pathMatchers: [one] });
      const said = backendsAt(host + path, balancers(map));
      assert.equal(said, regex === '/a*.*b' ? 'certain: rest' : 'unknown: x rest path-pattern-not-evaluated', regex);
    }
    assert.ok(performance.now() - started < 2000);
  });
});
