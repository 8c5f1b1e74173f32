import assert from 'node:assert/strict';
import { normalizeRunService } from '../../../../../functions/core/estate/normalize/run-service.ts';

const canonicalProject = (text: string) => (text === '111' ? 'shop' : text);

const v1 = (annotations: Record<string, string> = {}, rest: Record<string, unknown> = {}) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    namespace: '111',
    labels: { 'cloud.googleapis.com/location': 'europe-west1', team: 'blue' },
    annotations,
  },
  ...rest,
});
const v2 = (fields: Record<string, unknown> = {}) => ({
  name: 'projects/111/locations/europe-west1/services/web',
  labels: { team: 'blue' },
  ...fields,
});
const read = (raw: unknown, name?: string) =>
  normalizeRunService(raw, { canonicalProject, ...(name === undefined ? {} : { name }) });

describe('normalizeRunService', () => {
  it('names a v1 service by canonical project, location label and name', () => {
    assert.deepEqual(read(v1()), {
      name: '//run.googleapis.com/projects/shop/locations/europe-west1/services/web',
      project: 'shop',
      region: 'europe-west1',
      service: 'web',
      ingress: 'all',
      labels: { 'cloud.googleapis.com/location': 'europe-west1', team: 'blue' },
      iapEnabled: false,
      invokerIamDisabled: false,
      defaultUrlDisabled: false,
      customAudiences: [],
      urls: [],
    });
  });

  it('gives a v2 service the same name', () => {
    assert.equal(read(v2())?.name, read(v1())?.name);
  });

  const ingress: [string, unknown, string][] = [
    ['v1: missing', v1(), 'all'],
    ['v1: all', v1({ 'run.googleapis.com/ingress': 'all' }), 'all'],
    ['v1: internal', v1({ 'run.googleapis.com/ingress': 'internal' }), 'internal'],
    [
      'v1: internal-and-cloud-load-balancing',
      v1({ 'run.googleapis.com/ingress': 'internal-and-cloud-load-balancing' }),
      'internal-and-cloud-load-balancing',
    ],
    ['v1: none', v1({ 'run.googleapis.com/ingress': 'none' }), 'none'],
    ['v1: only ingress-status', v1({ 'run.googleapis.com/ingress-status': 'internal' }), 'all'],
    [
      'v1: ingress against ingress-status',
      v1({ 'run.googleapis.com/ingress': 'internal', 'run.googleapis.com/ingress-status': 'all' }),
      'internal',
    ],
    ['v1: a word of the future', v1({ 'run.googleapis.com/ingress': 'mesh' }), 'all'],
    ['v2: missing', v2(), 'all'],
    ['v2: unspecified', v2({ ingress: 'INGRESS_TRAFFIC_UNSPECIFIED' }), 'all'],
    ['v2: all', v2({ ingress: 'INGRESS_TRAFFIC_ALL' }), 'all'],
    ['v2: internal only', v2({ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }), 'internal'],
    [
      'v2: load balancer',
      v2({ ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER' }),
      'internal-and-cloud-load-balancing',
    ],
    ['v2: none', v2({ ingress: 'INGRESS_TRAFFIC_NONE' }), 'none'],
  ];
  for (const [title, raw, want] of ingress) {
    it(`reads ingress, ${title}, as ${want}`, () => assert.equal(read(raw)?.ingress, want));
  }

  it('reads the same switches, audiences and URLs from v1 and v2', () => {
    const url = 'https://web-111.europe-west1.run.app';
    const old = 'https://web-abc-ew.a.run.app';
    const fromV1 = read(
      v1(
        {
          'run.googleapis.com/iap-enabled': 'true',
          'run.googleapis.com/invoker-iam-disabled': 'true',
          'run.googleapis.com/default-url-disabled': 'true',
          'run.googleapis.com/custom-audiences': '["https://shop.example"]',
          'run.googleapis.com/urls': JSON.stringify([url, old]),
        },
        { status: { url: old } },
      ),
    );
    const fromV2 = read(
      v2({
        labels: { 'cloud.googleapis.com/location': 'europe-west1', team: 'blue' },
        iapEnabled: true,
        invokerIamDisabled: true,
        defaultUriDisabled: true,
        customAudiences: ['https://shop.example'],
        urls: [url, old],
        uri: old,
      }),
    );
    assert.deepEqual(fromV1, fromV2);
    assert.deepEqual(fromV1?.urls, [url, old]);
    assert.equal(fromV1?.iapEnabled && fromV1.invokerIamDisabled && fromV1.defaultUrlDisabled, true);
  });

  it('takes a switch that is not "true" for off and a list that does not parse for none', () => {
    const service = read(v1({ 'run.googleapis.com/iap-enabled': 'false', 'run.googleapis.com/custom-audiences': '[' }));
    assert.equal(service?.iapEnabled, false);
    assert.deepEqual(service?.customAudiences, []);
  });

  it('lets the name that the source gives win, with a canonical project', () => {
    const name = '//run.googleapis.com/projects/111/locations/us-east1/services/api';
    assert.equal(read(v1(), name)?.name, '//run.googleapis.com/projects/shop/locations/us-east1/services/api');
    assert.equal(read({ template: {} }, name)?.service, 'api');
  });

  for (const [title, raw] of [
    ['null', null],
    ['a list', []],
    ['a text', 'web'],
    ['an empty object', {}],
    ['a revision', { ...v1(), kind: 'Revision' }],
    ['a service without place', { ...v1(), metadata: { name: 'web', namespace: '111' } }],
    ['a v2 job', { name: 'projects/111/locations/europe-west1/jobs/web' }],
    ['a Compute resource', { kind: 'compute#backendService', name: 'web' }],
  ] as const) {
    it(`is undefined for ${title}`, () => assert.equal(read(raw), undefined));
  }
});
