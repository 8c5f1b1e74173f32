import assert from 'node:assert/strict';
import {
  assertLegalCustomAudience,
  assertLegalPush,
  buildCustomAudiencePatch,
  buildPushConfig,
  hostAudience,
} from '../../../../functions/core/change/audience-guard.ts';
import type { CustomAudienceChange, PushAudienceChange, PushState } from '../../../../functions/core/change/change.ts';
import { clientId, service } from '../../../support/estate.ts';

const endpoint = 'https://shop.acme.example/hook';
const token = { serviceAccountEmail: 'push@p.iam.gserviceaccount.com', audience: 'old' };
const pushConfig = { pushEndpoint: endpoint, attributes: { a: 'b' }, oidcToken: token, noWrapper: {} };
const before: PushState = { pushConfig, endpoint, account: token.serviceAccountEmail, audience: 'old' };
const change: PushAudienceChange = {
  capability: 'set-push-audience',
  kind: 'push-audience',
  resource: '//pubsub.googleapis.com/projects/p/subscriptions/s',
  audience: clientId,
  endpoint,
};
const on = ['set-push-audience', 'add-custom-audience'];

describe('the guard before a subscription is updated', () => {
  it('lets another audience pass, and nothing else of the push configuration', () => {
    assertLegalPush(before, buildPushConfig(before, change), change, on);
    const shared = { ...change, audience: 'https://shop.acme.example' };
    assertLegalPush(before, buildPushConfig(before, shared), shared, on);
    const undo = { ...change, audience: 'anything', undoes: 'c' };
    assertLegalPush(before, buildPushConfig(before, undo), undo, on);
    const { audience: _, ...bare } = undo;
    assert.deepEqual(buildPushConfig(before, {})['oidcToken'], { serviceAccountEmail: token.serviceAccountEmail });
    assertLegalPush(before, buildPushConfig(before, {}), bare, on);
  });

  const sent = buildPushConfig(before, change);
  const { endpoint: _, ...nowhere } = change;
  const refused: readonly (readonly [
    string,
    PushState,
    Readonly<Record<string, unknown>>,
    PushAudienceChange,
    readonly string[],
  ])[] = [
    ['the capability is off', before, sent, change, ['grant-invoker']],
    ['another endpoint', before, { ...sent, pushEndpoint: 'https://evil.example' }, change, on],
    [
      'another account',
      before,
      { ...sent, oidcToken: { ...token, serviceAccountEmail: 'x', audience: clientId } },
      change,
      on,
    ],
    ['a push that goes elsewhere by now', before, sent, { ...change, endpoint: 'https://shop.acme.example/other' }, on],
    ['no word of where it goes', before, sent, nowhere, on],
    ['a lost attribute', before, { ...sent, attributes: {} }, change, on],
    ['a lost wrapper', before, { ...sent, noWrapper: undefined }, change, on],
    ['another audience than planned', before, { ...sent, oidcToken: token }, change, on],
    [
      'an audience that is no client ID and not the host',
      before,
      buildPushConfig(before, { audience: 'https://evil.example' }),
      { ...change, audience: 'https://evil.example' },
      on,
    ],
    [
      'an address that ends like a client ID',
      before,
      buildPushConfig(before, { audience: 'https://x/1-a.apps.googleusercontent.com' }),
      { ...change, audience: 'https://x/1-a.apps.googleusercontent.com' },
      on,
    ],
    [
      'no audience without an undo',
      before,
      buildPushConfig(before, {}),
      { capability: change.capability, kind: change.kind, resource: change.resource, endpoint },
      on,
    ],
    ['a subscription without a token', { pushConfig: { pushEndpoint: endpoint }, endpoint }, sent, change, on],
    ['something that is no subscription', before, sent, { ...change, resource: service().name }, on],
  ];
  for (const [what, state, body, one, capabilities] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => assertLegalPush(state, body, one, capabilities), { code: 'write-refused' });
    });
  }
});

describe('the audience of an endpoint’s host', () => {
  it('is none where the host is no host name: gcloud reads a comma as two audiences', () => {
    for (const host of ['a,b.example', 'a$(id).example', "a'b.example", 'a;b.example', '[::1]'])
      assert.equal(hostAudience(`https://${host}/x`), undefined);
    assert.equal(hostAudience('https://Shop.acme.example:8443/x?y'), 'https://shop.acme.example:8443');
    assert.equal(hostAudience('http://shop.acme.example/x'), undefined);
  });
});

describe('the guard before custom audiences are updated', () => {
  const state = { etag: 'e', generation: '1', ingress: 'all', customAudiences: ['a'] } as const;
  const add: CustomAudienceChange = {
    capability: 'add-custom-audience',
    kind: 'custom-audience',
    resource: service().name,
    audience: 'https://shop.acme.example',
    subscription: change.resource,
  };
  const patch = buildCustomAudiencePatch(state, add);

  it('lets one more audience pass, the host that the subscription pushes to, and its way back', () => {
    assert.deepEqual(patch, {
      updateMask: 'customAudiences',
      body: { customAudiences: ['a', add.audience], etag: 'e' },
    });
    assertLegalCustomAudience(state, patch, add, { capabilities: on, endpoint });
    const undo = { ...add, undoes: 'c' };
    const both = { ...state, customAudiences: ['a', add.audience] };
    assert.deepEqual(buildCustomAudiencePatch(both, undo).body['customAudiences'], ['a']);
    assertLegalCustomAudience(both, buildCustomAudiencePatch(both, undo), undo, {
      capabilities: on,
      endpoint: undefined,
    });
  });

  const refused: readonly (readonly [string, () => void])[] = [
    ['the capability is off', () => assertLegalCustomAudience(state, patch, add, { capabilities: [], endpoint })],
    [
      'a host that the subscription does not push to',
      () => assertLegalCustomAudience(state, patch, add, { capabilities: on, endpoint: 'https://evil.example/' }),
    ],
    ['no subscription', () => assertLegalCustomAudience(state, patch, add, { capabilities: on, endpoint: undefined })],
    [
      'a wider mask',
      () => assertLegalCustomAudience(state, { ...patch, updateMask: '*' }, add, { capabilities: on, endpoint }),
    ],
    [
      'a lost audience',
      () =>
        assertLegalCustomAudience(state, { ...patch, body: { customAudiences: [add.audience], etag: 'e' } }, add, {
          capabilities: on,
          endpoint,
        }),
    ],
    [
      'another version',
      () =>
        assertLegalCustomAudience(state, { ...patch, body: { ...patch.body, etag: 'x' } }, add, {
          capabilities: on,
          endpoint,
        }),
    ],
    [
      'more than audiences',
      () =>
        assertLegalCustomAudience(state, { ...patch, body: { ...patch.body, ingress: 'x' } }, add, {
          capabilities: on,
          endpoint,
        }),
    ],
  ];
  for (const [what, attempt] of refused) {
    it(`refuses ${what}`, () => assert.throws(attempt, { code: 'write-refused' }));
  }
});
