import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { buildMessage } from '../../../../functions/adapters/slack/build-message.ts';
import type { PushSubscription } from '../../../../functions/core/inventory.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { balancers, to, urlMap } from '../../../support/balancer.ts';
import { clientId, service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';
import {
  admitting,
  guarded,
  pushEstate,
  regionalEstate,
  subscription,
  subscriptionName,
  withToken,
} from '../../rules/push-rules-estate.ts';

const capabilities = ['set-push-audience', 'grant-iap-accessor', 'add-custom-audience'];
const thief = 'robot@evil-corp.iam.gserviceaccount.com';
const domains = ['shop.acme.example', 'vendor.example'];
const balancer = balancers(urlMap(to(guarded)));
const twoHosts = {
  ...balancer,
  frontends: balancer.frontends.map((one) => ({ ...one, certificates: [{ name: 'both', domains }] })),
};

describe('what people are asked about pushes', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
  });
  afterEach(() => ledger.close());

  const open = (estate: ReturnType<typeof pushEstate>) => {
    world = buildMemoryWorld(estate, { ledger, settings: { capabilities, slack: { channel: 'C1' } } });
  };
  const run = () => {
    runs += 1;
    world.time += 1000;
    return reconcile({ project: 'acme-prod', reason: 'sweep', runId: `run-${runs}` }, world);
  };
  const waiting = async () => (await ledger.approvals({ state: 'waiting' }))[0];
  const shown = async () => {
    const notice = await ledger.findNotice(`approval:${(await waiting())?.id}`);
    assert.ok(notice);
    return JSON.stringify(buildMessage(notice).blocks);
  };
  const sayYes = async () => {
    const { id = '', planHash = '' } = (await waiting()) ?? {};
    await ledger.decideApproval(id, planHash, { approved: true, by: 'ann', at: world.time });
  };
  const sending = (over: Partial<PushSubscription> = {}) =>
    pushEstate(subscription({ oidc: { serviceAccount: thief, audience: clientId }, ...over }), {
      balancers: twoHosts,
      iapPolicies: new Map([[guarded.name, admitting('user:ann@acme.example')]]),
    });
  const levelOf = '//iap.googleapis.com/projects/acme-prod/iap_web/compute/services/7001';

  it('an account that IAP shall let in: whose it is, which subscription sends as it, where to, and the backend’s name', async () => {
    open(sending());
    world.policies.set(levelOf, {});
    await run();
    assert.deepEqual(world.changes, []);
    const text = await shown();
    for (const part of [
      thief,
      'no account of acme-prod',
      subscriptionName,
      'https://shop.acme.example/hook',
      guarded.name,
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
  });

  it('an audience: where the tokens go that will have it', async () => {
    open(pushEstate(withToken('wrong'), { balancers: twoHosts }));
    await run();
    assert.match(await shown(), /https:\/\/shop\.acme\.example\/hook/);
  });

  it('a custom audience: for the sake of which subscription', async () => {
    const regional = withToken('https://shop-111222333444.europe-west1.run.app');
    open(regionalEstate(regional, { services: [service('europe-west1'), service('us-central1')] }));
    await run();
    assert.match(await shown(), /custom audience https:\/\/shop\.acme\.example to [^"\\]*subscriptions\/orders/);
  });

  it('never tells what stands in an endpoint’s query or login', async () => {
    const endpoint = 'https://bob:hunter2@shop.acme.example/hook?token=hunter2';
    open(sending({ endpoint, oidc: { serviceAccount: thief } }));
    world.policies.set(levelOf, {});
    await run();
    const { changes = [] } = (await waiting()) ?? {};
    assert.equal(changes.length, 2);
    assert.ok(!(await shown()).includes('hunter2'));
    assert.ok(!JSON.stringify(changes).includes('hunter2'));
  });

  for (const [title, estate] of [
    ['an audience', () => pushEstate(withToken('wrong'), { balancers: twoHosts })],
    ['an account', sending],
  ] as const) {
    it(`${title}: the yes does not hold for a subscription that pushes elsewhere by now`, async () => {
      open(estate());
      world.policies.set(levelOf, {});
      await run();
      await sayYes();
      const state = await world.reader.readPushState(subscriptionName);
      const pushEndpoint = 'https://vendor.example/hook';
      const moved = { ...state, endpoint: pushEndpoint, pushConfig: { ...state.pushConfig, pushEndpoint } };
      world.pushes.set(subscriptionName, moved);
      await run();
      assert.deepEqual(world.changes, []);
      assert.match(await shown(), /https:\/\/vendor\.example\/hook/);
    });
  }
});
