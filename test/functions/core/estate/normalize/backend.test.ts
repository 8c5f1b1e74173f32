import assert from 'node:assert/strict';
import { normalizeBackend } from '../../../../../functions/core/estate/normalize/backend.ts';

const canonicalProject = (text: string) => (text === '111' ? 'shop' : text);
const api = 'https://www.googleapis.com/compute/v1';
const read = (raw: unknown, name?: string) =>
  normalizeBackend(raw, { canonicalProject, ...(name === undefined ? {} : { name }) });

describe('normalizeBackend', () => {
  it('reads a global backend with IAP and its groups in order, once each, whatever the spelling', () => {
    const neg = 'projects/shop/regions/europe-west1/networkEndpointGroups/neg-eu';
    assert.deepEqual(
      read({
        kind: 'compute#backendService',
        id: '6252277272778218001',
        selfLink: `${api}/projects/111/global/backendServices/web`,
        iap: { enabled: true, oauth2ClientId: '111-abc.apps.googleusercontent.com', oauth2ClientSecretSha256: 'x' },
        backends: [
          { group: `${api}/projects/shop/regions/us-east1/networkEndpointGroups/neg-us` },
          { group: `${api}/${neg}` },
          { group: `https://compute.googleapis.com/compute/beta/${neg}` },
          { group: `//compute.googleapis.com/${neg.replace('shop', '111')}` },
          { group: `${api}/projects/shop/zones/us-east1-b/instanceGroups/vms` },
          { group: 'http://elsewhere.example/x' },
          {},
        ],
        loadBalancingScheme: 'EXTERNAL_MANAGED',
        protocol: 'HTTPS',
        enableCDN: true,
      }),
      {
        name: '//compute.googleapis.com/projects/shop/global/backendServices/web',
        id: '6252277272778218001',
        project: 'shop',
        region: 'global',
        iapEnabled: true,
        oauth2ClientId: '111-abc.apps.googleusercontent.com',
        groups: [
          '//compute.googleapis.com/projects/shop/regions/us-east1/networkEndpointGroups/neg-us',
          `//compute.googleapis.com/${neg}`,
          '//compute.googleapis.com/projects/shop/zones/us-east1-b/instanceGroups/vms',
        ],
        loadBalancingScheme: 'EXTERNAL_MANAGED',
        protocol: 'HTTPS',
        enableCdn: true,
      },
    );
  });

  it('says regional by the name, and takes what Google leaves out for off', () => {
    assert.deepEqual(read({}, '//compute.googleapis.com/projects/shop/regions/us-east1/backendServices/web'), {
      name: '//compute.googleapis.com/projects/shop/regions/us-east1/backendServices/web',
      project: 'shop',
      region: 'us-east1',
      iapEnabled: false,
      groups: [],
      enableCdn: false,
    });
  });

  it('takes only true for IAP that is on, and an empty client ID for none', () => {
    const selfLink = `${api}/projects/shop/global/backendServices/web`;
    assert.equal(read({ selfLink, iap: { enabled: 'true' } })?.iapEnabled, false);
    assert.equal(read({ selfLink, iap: { enabled: true, oauth2ClientId: '' } })?.oauth2ClientId, undefined);
  });

  for (const [title, raw] of [
    ['null', null],
    ['nothing with a name', { iap: { enabled: true } }],
    ['a URL map', { selfLink: `${api}/projects/shop/global/urlMaps/web` }],
  ] as const) {
    it(`is undefined for ${title}`, () => assert.equal(read(raw), undefined));
  }
});
