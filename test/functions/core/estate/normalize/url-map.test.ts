import assert from 'node:assert/strict';
import { normalizeUrlMap } from '../../../../../functions/core/estate/normalize/url-map.ts';

const root = 'https://www.googleapis.com/compute/v1/projects/111';
const canonicalProject = (project: string) => (project === '111' ? 'acme-prod' : project);
const backend = (id: string) => `//compute.googleapis.com/projects/acme-prod/global/backendServices/${id}`;

describe('normalizeUrlMap', () => {
  it('reads hosts, path rules, route rules and every kind of target, with canonical names', () => {
    const map = normalizeUrlMap(
      {
        selfLink: `${root}/regions/r/urlMaps/m`,
        defaultUrlRedirect: { httpsRedirect: true, hostRedirect: 'h', redirectResponseCode: 'FOUND' },
        hostRules: [{ hosts: ['a', 'b'], pathMatcher: 'p' }],
        pathMatchers: [
          {
            name: 'p',
            defaultService: `${root}/global/backendBuckets/b`,
            pathRules: [{ paths: ['/x/*'], service: `${root}/global/backendServices/one` }],
            routeRules: [
              {
                priority: 3,
                matchRules: [
                  { prefixMatch: '/y', ignoreCase: true, queryParameterMatches: [{ name: 'q' }] },
                  { regexMatch: '/z' },
                ],
                routeAction: {
                  weightedBackendServices: [
                    { backendService: `${root}/global/backendServices/one`, weight: 0 },
                    { backendService: `${root}/global/backendServices/two`, weight: 5 },
                  ],
                },
              },
              { matchRules: [{ pathTemplateMatch: '/{a}' }], urlRedirect: { pathRedirect: '/q' } },
            ],
          },
        ],
      },
      { canonicalProject },
    );
    assert.deepEqual(map, {
      name: '//compute.googleapis.com/projects/acme-prod/regions/r/urlMaps/m',
      project: 'acme-prod',
      region: 'r',
      hostRules: [{ hosts: ['a', 'b'], pathMatcher: 'p' }],
      pathMatchers: [
        {
          name: 'p',
          pathRules: [
            { paths: ['/x/*'], target: { kind: 'backends', backends: [{ backend: backend('one'), weight: 1 }] } },
          ],
          routeRules: [
            {
              priority: 3,
              matches: [
                { prefix: '/y', ignoreCase: true, hasOtherConditions: true },
                { regex: '/z', ignoreCase: false, hasOtherConditions: false },
              ],
              target: { kind: 'backends', backends: [{ backend: backend('two'), weight: 5 }] },
            },
            {
              priority: 0,
              matches: [{ pathTemplate: '/{a}', ignoreCase: false, hasOtherConditions: false }],
              target: { kind: 'redirect', status: 301, https: false, to: '/q' },
            },
          ],
          defaultTarget: {
            kind: 'bucket',
            bucket: '//compute.googleapis.com/projects/acme-prod/global/backendBuckets/b',
          },
        },
      ],
      defaultTarget: { kind: 'redirect', status: 302, https: true, to: 'h' },
    });
  });

  it('says of a map without any target that there is none, and nothing of what is no URL map', () => {
    const { defaultTarget } = normalizeUrlMap({ selfLink: `${root}/global/urlMaps/m` }, { canonicalProject }) ?? {};
    assert.deepEqual(defaultTarget, { kind: 'none' });
    for (const raw of [undefined, [], 'x', {}, { selfLink: `${root}/global/backendServices/m` }]) {
      assert.equal(normalizeUrlMap(raw, { canonicalProject }), undefined);
    }
    assert.equal(
      normalizeUrlMap(
        { selfLink: `${root}/global/urlMaps/m`, hostRules: 'x', pathMatchers: [7, null] },
        { canonicalProject },
      )?.pathMatchers.length,
      0,
    );
  });
});
