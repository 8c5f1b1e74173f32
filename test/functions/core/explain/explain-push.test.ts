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
});
