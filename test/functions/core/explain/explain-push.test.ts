import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import { explainPush } from '../../../../functions/core/explain/explain-push.ts';
import type { Inventory, PushSubscription } from '../../../../functions/core/inventory.ts';
import { balancers, to, urlMap } from '../../../support/balancer.ts';
import { agent, backend, clientId, grant, inventory, neg, policy, project, service } from '../../../support/estate.ts';

const shop = service();
const behind = backend([neg(shop)], { id: '7', oauth2ClientId: clientId });
const account = 'push@acme-prod.iam.gserviceaccount.com';

function push(over: Partial<PushSubscription> = {}): PushSubscription {
  return {
    name: '//pubsub.googleapis.com/projects/acme-prod/subscriptions/orders',
    project: 'acme-prod',
    topic: 'projects/acme-prod/topics/orders',
    endpoint: 'https://shop.acme.example/hook',
    oidc: { serviceAccount: account, audience: clientId },
    ...over,
  };
}

function explain(
  subscription: PushSubscription,
  members: readonly string[] = [`serviceAccount:${account}`],
  over: Partial<Inventory> = {},
) {
  const estate = inventory({
    backends: [behind],
    projects: [{ ...project, ancestors: [] }],
    policies: [[shop, policy(grant(agent))]],
    more: {
      balancers: balancers(urlMap(to(behind))),
      subscriptions: [subscription],
      iapPolicies: new Map([
        [behind.name, [policy({ role: 'roles/iap.httpsResourceAccessor', members }), policy(), policy(), policy()]],
      ]),
      iapClients: new Map([[behind.name, { programmaticClients: [] }]]),
      ...over,
    },
  });
  const { findings } = evaluate(estate, { settings: parseSettings({}) });
  return explainPush(subscription, estate, { findings });
}

const statusOf = ({ ways: [way] }: ReturnType<typeof explain>) => (way?.outcome.known ? way.outcome.status : '?');

describe('explain a push', () => {
  it('is a POST with its account’s token, and passes', () => {
    const { request, verdict, subscription } = explain(push());
    assert.deepEqual(
      [request.method, request.as, request.tokenAudience],
      ['POST', `serviceAccount:${account}`, clientId],
    );
    assert.equal(verdict, 'passes');
    assert.match(subscription, /orders$/);
  });

  it('has the endpoint for its audience where none is set, which IAP refuses; the command sets the subscription’s', () => {
    const explained = explain(push({ oidc: { serviceAccount: account } }));
    assert.equal(explained.request.tokenAudience, 'https://shop.acme.example/hook');
    assert.equal(statusOf(explained), 401);
    assert.match(explained.theOne ?? '', /^gcloud pubsub subscriptions update orders .*--push-auth-token-audience=/);
  });

  it('without a token gets a 401, never a page to sign in at', () => {
    const { oidc: _, ...bare } = push();
    const explained = explain(bare);
    assert.equal(statusOf(explained), 401);
    assert.match(explained.theOne ?? '', /^gcloud pubsub subscriptions update orders/);
  });

  it('of an account that is no accessor gets a 403, and the command lets it in', () => {
    const explained = explain(push(), []);
    assert.equal(statusOf(explained), 403);
    assert.match(explained.theOne ?? '', /^gcloud iap web add-iam-policy-binding .*--member=serviceAccount:push@/);
  });

  it('does not reach a balancer with an internal address', () => {
    const inside = balancers(urlMap(to(behind)));
    const frontends = inside.frontends.map((one) => ({ ...one, loadBalancingScheme: 'INTERNAL_MANAGED' }));
    assert.equal(explain(push(), [], { balancers: { ...inside, frontends } }).isServed, false);
  });

  const straight = (over: Partial<typeof shop>, by = 'acme-prod') => {
    const own = service('europe-west1', over);
    const subscription = push({ project: by, endpoint: `${own.urls[0]}/hook`, oidc: { serviceAccount: account } });
    const audience = own.urls[0] ?? '';
    const asked = { ...subscription, oidc: { serviceAccount: account, audience } };
    const estate = inventory({
      backends: [],
      projects: [{ ...project, ancestors: [] }],
      policies: [[own, policy(grant(`serviceAccount:${account}`))]],
      more: {
        services: new Map([[own.name, own]]),
        policies: new Map([[own.name, policy(grant(`serviceAccount:${account}`))]]),
      },
    });
    return explainPush(asked, estate, { findings: [] });
  };

  it('straight to a run.app URL of its own project is internal traffic: a closed ingress takes it', () => {
    assert.notEqual(statusOf(straight({})), 404);
    assert.notEqual(statusOf(straight({ ingress: 'internal' })), 404);
    assert.equal(statusOf(straight({ ingress: 'none' })), 404);
    assert.equal(statusOf(straight({ defaultUrlDisabled: true })), 404);
  });

  it('straight to a run.app URL of another project is internal only within one perimeter, which nobody read', () => {
    const { ways, hops, verdict } = straight({}, 'other-prod');
    assert.equal(verdict, 'unknown');
    assert.match(JSON.stringify([ways, hops]), /"hop":"ingress","state":"unknown"/);
    assert.notEqual(statusOf(straight({ ingress: 'all' }, 'other-prod')), 404);
  });

  it('tells whose door the audience of IAP opens where another backend has no IAP', () => {
    const second = service('us-central1');
    const open = backend([neg(second)], { id: '8', iapEnabled: false, name: behind.name.replace(/[^/]+$/, 'open') });
    const map = urlMap({
      kind: 'backends',
      backends: [
        { backend: behind.name, weight: 1 },
        { backend: open.name, weight: 1 },
      ],
    });
    const audience = shop.urls[0] ?? '';
    const { ways } = explain(push({ oidc: { serviceAccount: account, audience } }), [], {
      backends: [behind, open],
      services: new Map([shop, second].map((one) => [one.name, one])),
      negs: new Map([neg(shop), neg(second)].map((one) => [one.name, one])),
      policies: new Map([shop, second].map((one) => [one.name, policy()])),
      balancers: balancers(map),
    });
    const commands = ways.map(({ hops }) => hops.find(({ hop }) => hop === 'credential')?.commands.join() ?? '');
    assert.match(commands[0] ?? '', /^gcloud pubsub subscriptions update/);
    assert.match(commands[1] ?? '', /^gcloud run services update shop .*--add-custom-audiences=/);
  });

  it('follows no redirect: one ends the delivery', () => {
    const map = urlMap({ kind: 'redirect', status: 301, https: true, to: '' });
    assert.equal(explain(push(), [], { balancers: balancers(map) }).verdict, 'fails');
  });

  it('keeps to itself what may be a secret in an endpoint', () => {
    const endpoint = 'https://bob:secret-word@shop.acme.example/hook?token=secret-word';
    const { oidc: _, ...bare } = push({ endpoint });
    for (const one of [bare, push({ endpoint, oidc: { serviceAccount: account } })]) {
      assert.doesNotMatch(JSON.stringify(explain(one)), /secret-word/);
    }
  });
});
