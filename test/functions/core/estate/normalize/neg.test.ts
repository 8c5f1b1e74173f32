import assert from 'node:assert/strict';
import { normalizeNeg } from '../../../../../functions/core/estate/normalize/neg.ts';

const canonicalProject = (text: string) => (text === '111' ? 'shop' : text);
const selfLink = 'https://www.googleapis.com/compute/v1/projects/111/regions/us-east1/networkEndpointGroups/neg-us';
const read = (raw: unknown) => normalizeNeg(raw, { canonicalProject });

describe('normalizeNeg', () => {
  it('names it by canonical project and region', () => {
    assert.deepEqual(read({ selfLink, networkEndpointType: 'SERVERLESS', cloudRun: { service: 'web' } }), {
      name: '//compute.googleapis.com/projects/shop/regions/us-east1/networkEndpointGroups/neg-us',
      project: 'shop',
      region: 'us-east1',
      target: { kind: 'run', service: 'web' },
    });
  });

  const SERVERLESS = { networkEndpointType: 'SERVERLESS' };
  for (const [title, fields, want] of [
    ['a service', { ...SERVERLESS, cloudRun: { service: 'web' } }, { kind: 'run', service: 'web' }],
    [
      'a service and tag',
      { ...SERVERLESS, cloudRun: { service: 'web', tag: 'blue' } },
      { kind: 'run', service: 'web', tag: 'blue' },
    ],
    [
      'a URL mask',
      { ...SERVERLESS, cloudRun: { urlMask: '<service>.shop.example' } },
      { kind: 'run-url-mask', urlMask: '<service>.shop.example' },
    ],
    ['a function', { ...SERVERLESS, cloudFunction: { function: 'Fn_1' } }, { kind: 'function', function: 'Fn_1' }],
    [
      'a function mask',
      { ...SERVERLESS, cloudFunction: { urlMask: '/<function>' } },
      { kind: 'function-url-mask', urlMask: '/<function>' },
    ],
    ['App Engine', { ...SERVERLESS, appEngine: {} }, { kind: 'app-engine' }],
    ['an API gateway', { ...SERVERLESS, serverlessDeployment: {} }, { kind: 'other-serverless' }],
    ['addresses', { networkEndpointType: 'GCE_VM_IP_PORT' }, { kind: 'not-serverless' }],
    ['a service without type', { cloudRun: { service: 'web' } }, { kind: 'run', service: 'web' }],
  ] as const) {
    it(`reads ${title}`, () => assert.deepEqual(read({ selfLink, ...fields })?.target, want));
  }

  it('is undefined for what is not a NEG', () => {
    assert.equal(read(undefined), undefined);
    assert.equal(read({ cloudRun: { service: 'web' } }), undefined);
    assert.equal(read({ selfLink: selfLink.replace('networkEndpointGroups', 'urlMaps') }), undefined);
  });
});
