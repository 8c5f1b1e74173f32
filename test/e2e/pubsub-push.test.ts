import assert from 'node:assert/strict';
import { openStage, type Stage } from '../../cli/story/stage.ts';
import { type Gcloud, openGcloud } from '../../scripts/check-sandbox/gcloud.ts';
import { hasUsableGcloud } from '../support/usable-gcloud.ts';

describe('the real gcloud makes and changes a push subscription, and Sallyport hears of it', () => {
  let stage: Stage;
  let gcloud: Gcloud;
  let pusher: string;
  const logged: Readonly<Record<string, unknown>>[] = [];

  before(async function () {
    if (!hasUsableGcloud()) return this.skip();
    stage = await openStage({
      seed: 43,
      onLog: (name, entry) => {
        if (name === 'audit-event') logged.push(entry);
      },
    });
    const { projectId, projectNumber, iapResource, backend, clientId } = stage.estate;
    gcloud = openGcloud({ port: stage.sandbox.port, project: projectId });
    pusher = `${projectNumber}-compute@developer.gserviceaccount.com`;
    const accessors = stage.sandbox.cloud.policies.get(iapResource)?.bindings?.[0]?.members;
    accessors?.push(`serviceAccount:${pusher}`);
    const iap = `--iap=enabled,oauth2-client-id=${clientId},oauth2-client-secret=e2e-secret`;
    await run('compute', 'backend-services', 'update', backend, '--global', iap);
    await stage.deployment.idle();
    await run('pubsub', 'topics', 'create', 'orders');
  });
  after(async () => {
    gcloud?.close();
    await stage?.stop();
  });

  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await gcloud.run(args, 'admin@example.com');
    assert.equal(code, 0, `gcloud ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const publish = () => run('pubsub', 'topics', 'publish', 'orders', '--message=order');
  const endpoint = () => `--push-endpoint=https://${stage.estate.host}/orders`;
  const account = () => `--push-auth-service-account=${pusher}`;
  const pushes = () => stage.sandbox.requestLog.rows.filter(({ kind }) => kind === 'push');

  /** Runs gcloud and waits for what its event leads to: the decision that was logged, and the reconcile that followed. */
  async function decisionAfter(method: string, ...args: string[]) {
    const before = { logged: logged.length, rows: stage.sandbox.requestLog.rows.length };
    await run(...args);
    await stage.deployment.idle();
    const decided = logged
      .slice(before.logged)
      .find((entry) => entry['method'] === `google.pubsub.v1.Subscriber.${method}`);
    const later = stage.sandbox.requestLog.rows.slice(before.rows);
    const arrived = later.find(({ kind, method: name }) => kind === 'delivery' && String(name).endsWith(method));
    const hasReconciled = later.some(({ kind, status }) => kind === 'task' && status === 200);
    return {
      outcome: arrived?.['outcome'],
      decision: decided?.['decision'],
      project: decided?.['project'],
      resource: decided?.['resource'],
      hasReconciled,
    };
  }
  const reconciled = () => ({
    outcome: 'acknowledged',
    decision: 'reconcile',
    project: stage.estate.projectId,
    resource: `//pubsub.googleapis.com/projects/${stage.estate.projectId}/subscriptions/orders`,
    hasReconciled: true,
  });

  it('made with an audience that IAP does not take: an Eventarc event, a reconcile; its messages get 401', async () => {
    const wrong = `--push-auth-token-audience=https://${stage.estate.host}/orders`;
    const make = ['pubsub', 'subscriptions', 'create', 'orders', '--topic=orders', endpoint(), account(), wrong];
    assert.deepEqual(await decisionAfter('CreateSubscription', ...make), reconciled());
    await publish();
    await stage.push.tried();
    const [first] = pushes();
    assert.deepEqual(
      [first?.status, first?.['why']],
      [401, 'Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.'],
    );
  });

  it("updated to IAP's client: an event, a reconcile; the waiting message and new ones arrive in both regions", async () => {
    const right = `--push-auth-token-audience=${stage.estate.clientId}`;
    const change = ['pubsub', 'subscriptions', 'update', 'orders', endpoint(), account(), right];
    assert.deepEqual(await decisionAfter('UpdateSubscription', ...change), reconciled());
    await stage.push.idle();
    assert.equal(pushes().at(-1)?.['outcome'], 'acknowledged');
    for (const region of stage.estate.regions) {
      stage.push.pinRegion(region);
      await publish();
      await stage.push.idle();
      assert.deepEqual([pushes().at(-1)?.status, pushes().at(-1)?.['region']], [200, region]);
    }
  });

  it('asked for nothing that the local cloud does not serve, and nothing that Google’s Discovery does not know', () => {
    const unserved = stage.sandbox.requestLog.rows.filter(({ kind, status }) => kind === 'api' && status === 501);
    assert.deepEqual(unserved, []);
    assert.deepEqual(stage.sandbox.discovery.summary().problems, []);
  });
});
