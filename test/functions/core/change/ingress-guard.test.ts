import assert from 'node:assert/strict';
import type { IngressChange, ServiceState } from '../../../../functions/core/change/change.ts';
import { assertLegalIngress, assertOnlyIngressChanged } from '../../../../functions/core/change/ingress-guard.ts';
import { buildIngressPatch, type IngressPatch } from '../../../../functions/core/change/ingress-patch.ts';
import { service } from '../../../support/estate.ts';

const open: ServiceState = { etag: 'e1', generation: '7', ingress: 'all' };
const shut: ServiceState = { ...open, ingress: 'internal-and-cloud-load-balancing' };
const restrict: IngressChange = {
  capability: 'restrict-ingress',
  kind: 'ingress',
  resource: service().name,
  ingress: 'internal-and-cloud-load-balancing',
};
const undo: IngressChange = { ...restrict, ingress: 'all', undoes: 'run-1' };
const on = ['restrict-ingress'];
const judge =
  (state: ServiceState, patch: IngressPatch, change: IngressChange, capabilities: readonly string[]) => () =>
    assertLegalIngress(state, patch, change, capabilities);
const patchOf = (state: ServiceState, over: Partial<IngressPatch> = {}, change = restrict): IngressPatch => ({
  ...buildIngressPatch(state, change),
  ...over,
});
const body = buildIngressPatch(open, restrict).body;

const refused: readonly (readonly [string, ServiceState, IngressPatch, IngressChange?, (readonly string[])?])[] = [
  ['the capability is off', open, patchOf(open), restrict, []],
  ['another capability is on', open, patchOf(open), restrict, ['revoke-invoker', 'grant-invoker']],
  ['no mask: the whole service', open, patchOf(open, { updateMask: '' })],
  ['a mask with more than the ingress', open, patchOf(open, { updateMask: 'ingress,template' })],
  ['a template in the body', open, patchOf(open, { body: { ...body, template: {} } })],
  [
    'another ingress in the body than in the change',
    open,
    patchOf(open, { body: { ...body, ingress: 'INGRESS_TRAFFIC_NONE' } }),
  ],
  ['no etag', open, patchOf(open, { body: { ingress: body['ingress'] } })],
  ['the etag of another version', open, patchOf(open, { body: { ...body, etag: 'e0' } })],
  ['a version without etag', { ...open, etag: '' }, patchOf({ ...open, etag: '' })],
  ['internal loosened to load balancers', { ...open, ingress: 'internal' }, patchOf(open)],
  ['none loosened to load balancers', { ...open, ingress: 'none' }, patchOf(open)],
  [
    'an open service shut altogether',
    open,
    patchOf(open, {}, { ...restrict, ingress: 'none' }),
    { ...restrict, ingress: 'none' },
  ],
  ['a service opened by anything but an undo', shut, patchOf(shut, {}, undo), { ...restrict, ingress: 'all' }],
  ['an undo that shuts', open, patchOf(open), { ...restrict, undoes: 'run-1' }],
  ['an undo that opens an internal service', { ...open, ingress: 'internal' }, patchOf(open, {}, undo), undo],
  ['a project', open, patchOf(open), { ...restrict, resource: '//cloudresourcemanager.googleapis.com/projects/p' }],
];

describe('ingress guard: lets pass only the ingress, from open to load balancers and back', () => {
  it('passes an open service being restricted, and the undo of that', () => {
    assert.doesNotThrow(judge(open, patchOf(open), restrict, on));
    assert.doesNotThrow(judge(shut, patchOf(shut, {}, undo), undo, on));
  });

  for (const [title, state, patch, change = restrict, capabilities = on] of refused) {
    it(`refuses: ${title}`, () => assert.throws(judge(state, patch, change, capabilities), { code: 'write-refused' }));
  }

  const raw = {
    name: 'shop',
    ingress: 'INGRESS_TRAFFIC_ALL',
    etag: 'e1',
    generation: '7',
    updateTime: 'then',
    template: { containers: [{ image: 'a' }] },
    traffic: [{ percent: 100 }],
    labels: { team: 'shop' },
    latestCreatedRevision: 'shop-1',
  };
  const set = {
    ...raw,
    ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
    etag: 'e2',
    generation: '8',
    updateTime: 'now',
  };

  it('takes an answer in which only the ingress and Google’s own fields have moved', () => {
    assert.doesNotThrow(() => assertOnlyIngressChanged(raw, set, restrict));
  });

  for (const [title, after] of [
    ['the ingress is as it was', { ...raw, etag: 'e2' }],
    ['the template changed', { ...set, template: { containers: [{ image: 'b' }] } }],
    ['there is a new revision', { ...set, latestCreatedRevision: 'shop-2' }],
    ['a label is gone', { ...set, labels: {} }],
    ['the traffic moved', { ...set, traffic: [] }],
    ['direct IAP appeared', { ...set, iapEnabled: true }],
  ] as const) {
    it(`sees in the answer: ${title}`, () =>
      assert.throws(() => assertOnlyIngressChanged(raw, after, restrict), { code: 'write-not-kept' }));
  }
});
