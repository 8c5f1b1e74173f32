import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import { type DoorState, explainService } from '../../../../functions/core/explain/explain-service.ts';
import type { Inventory } from '../../../../functions/core/inventory.ts';
import { agent, backend, grant, inventory, neg, policy, service } from '../../../support/estate.ts';

const shop = service();
const settings = parseSettings({});

function explain(estate: Inventory, one = shop) {
  return explainService(one, estate, evaluate(estate, { settings }), settings);
}

/** `via: door state, …` of each way, with the backend's name cut off. */
function states(estate: Inventory, one = shop): readonly string[] {
  return explain(estate, one).ways.map(
    ({ via, doors }) =>
      `${via.includes(' > ') ? 'backend' : via}: ${doors.map(({ door, state }) => `${door} ${state}`).join(', ')}`,
  );
}

const accessors = (...members: readonly string[]) => [policy({ role: 'roles/iap.httpsResourceAccessor', members })];
const withIapPolicy = (estate: Inventory, ...members: readonly string[]): Inventory => ({
  ...estate,
  iapPolicies: new Map(estate.backends.map(({ name }) => [name, accessors(...members)])),
});

const allowed = inventory({ policies: [[shop, policy(grant(agent))]] });

describe('explain a service', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['IAP may not invoke', states(inventory({})), ['backend: iap unknown, ingress open, invoker shut']],
    [
      'everything is in order',
      states(withIapPolicy(allowed, 'group:all@acme.example')),
      ['backend: iap open, ingress open, invoker open'],
    ],
    [
      'IAP lets in the world',
      states(withIapPolicy(allowed, 'allUsers')),
      ['backend: iap unguarded, ingress open, invoker open'],
    ],
    ['IAP lets in nobody', states(withIapPolicy(allowed)), ['backend: iap shut, ingress open, invoker open']],
  ];
  for (const [title, seen, expected] of cases) it(title, () => assert.deepEqual(seen, expected));

  it('shows the way past the balancer where ingress is all', () => {
    const open = service('europe-west1', { ingress: 'all' });
    assert.deepEqual(states(inventory({ services: [open] }), open), [
      'backend: iap unknown, ingress unguarded, invoker shut',
      'run.app: ingress unguarded, invoker open',
    ]);
  });

  it('calls the way past the balancer unguarded where the world may invoke', () => {
    const open = service('europe-west1', { ingress: 'all' });
    const estate = inventory({ services: [open], policies: [[open, policy(grant(agent, 'allUsers'))]] });
    assert.deepEqual(states(estate, open), [
      'backend: iap unknown, ingress unguarded, invoker unguarded',
      'run.app: ingress unguarded, invoker unguarded',
    ]);
  });

  it('marks who passes only under a condition, and names nobody who was deleted', () => {
    const condition = { title: 'office hours', expression: 'false' };
    const gone = 'deleted:user:bob@acme.example?uid=1';
    const bound = policy({ ...grant(agent), condition }, grant('user:ann@acme.example', gone));
    const [way] = explain(inventory({ policies: [[shop, bound]] })).ways;
    assert.equal(way?.doors.at(-1)?.state, 'shut');
    assert.deepEqual(way?.doors.at(-1)?.who, [`${agent} (under a condition)`, 'user:ann@acme.example']);
    assert.deepEqual(states(withIapPolicy(allowed, gone)), ['backend: iap shut, ingress open, invoker open']);
  });

  it('gives the command of a shut door although its finding is exempt', () => {
    const exemption = { rule: 'iap-invoker-missing', resource: '*', reason: 'r', owner: 'o', expires: '2030-01-01' };
    const exempting = parseSettings({ exemptions: [exemption] });
    const estate = inventory({});
    const evaluation = evaluate(estate, { settings: exempting, now: 0 });
    assert.equal(evaluation.exempt.length, 1);
    const [way] = explainService(shop, estate, evaluation, exempting).ways;
    assert.match(way?.doors.at(-1)?.commands.join() ?? '', /add-iam-policy-binding/);
  });

  it('puts the ingress check before direct IAP, and knows no way past it', () => {
    const direct = service('europe-west1', { ingress: 'all', iapEnabled: true });
    const estate = inventory({ services: [direct], negs: [], backends: [] });
    assert.deepEqual(states(estate, direct), ['direct: ingress open, iap unknown, invoker shut']);
  });

  it('says unknown where the policy was not read', () => {
    const policies = new Map(allowed.policies);
    policies.delete(shop.name);
    const [way] = explain({ ...allowed, policies }).ways;
    assert.equal(way?.doors.at(-1)?.state satisfies DoorState | undefined, 'unknown');
  });

  it('shuts internal ingress to an external balancer only', () => {
    const internal = service('europe-west1', { ingress: 'internal' });
    const behind = (loadBalancingScheme: string) =>
      states(
        inventory({ services: [internal], backends: [backend([neg(internal)], { loadBalancingScheme })] }),
        internal,
      )[0];
    assert.match(behind('EXTERNAL_MANAGED') ?? '', /ingress shut/);
    assert.match(behind('INTERNAL_MANAGED') ?? '', /ingress open/);
  });

  it('carries the command that opens the shut door', () => {
    const door = explain(inventory({})).ways[0]?.doors.at(-1);
    assert.match(door?.commands[0] ?? '', /^gcloud run services add-iam-policy-binding shop /);
  });

  it('is empty for a service that no IAP leads to', () => {
    assert.deepEqual(states(inventory({ backends: [] })), []);
  });
});
