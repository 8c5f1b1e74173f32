import assert from 'node:assert/strict';
import { createWorld } from '../../../functions/adapters/create-world.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { parseSettings } from '../../../functions/config.ts';
import { evaluate } from '../../../functions/core/evaluate.ts';
import { fixInPasses } from '../../../functions/core/fix-in-passes.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import type { Logger } from '../../../functions/core/world.ts';
import { deployRunService } from '../../../sandbox/apis/run/run-deploy.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** A push subscription in the article's estate: found wrong, mended, given back, over real HTTP with Google's own clients. */
describe('push subscriptions in the local Google Cloud', () => {
  let google: SandboxGoogle;
  let ledger: Ledger;
  let runs = 0;

  beforeEach(async () => {
    google = await startSandboxGoogle({ seed: 5 });
    ledger = await openSqliteLedger(':memory:');
    google.sandbox.cloud.serviceAccounts.add(pusher());
    allow('pubsub.subscriptions.get', 'pubsub.subscriptions.update', 'iam.serviceAccounts.actAs');
  });
  afterEach(async () => {
    assert.deepEqual(google.sandbox.discovery.summary().problems, []);
    await ledger.close();
    await google.stop();
  });

  const pusher = () => `push@${google.estate.projectId}.iam.gserviceaccount.com`;
  const name = () => `projects/${google.estate.projectId}/subscriptions/orders`;
  const resource = () => `//pubsub.googleapis.com/${name()}`;
  const endpoint = () => `https://${google.estate.host}/hook`;
  const stored = () => google.sandbox.cloud.pubsub.subscriptions.get(name())?.pushConfig;
  const audienceNow = () => Object.entries(stored()?.oidcToken ?? {}).find(([field]) => field === 'audience')?.[1];
  const settings = (capabilities: readonly string[]) => parseSettings({ capabilities });
  const world = (...capabilities: string[]) =>
    createWorld({ settings: settings(capabilities), ledger, log: silent, clients: google.clients });
  const fix = (...capabilities: string[]) => {
    runs += 1;
    const key = { project: google.estate.projectId, reason: 'manual', runId: `fix-${runs}` } as const;
    return fixInPasses(key, world(...capabilities), { modes: ['enforce', 'approve'] });
  };
  const scan = async () => {
    const inventory = await world().reader.readProject(google.estate.projectId, { iapPolicies: true, pushPaths: true });
    const { findings, notEvaluated } = evaluate(inventory, { settings: settings([]) });
    return {
      findings: findings
        .filter(({ resource: of }) => of === resource())
        .map(({ rule, subject, mode }) => [rule, subject, mode]),
      gaps: notEvaluated.filter(({ rule }) => rule.startsWith('push-') || rule === 'regional-audience'),
    };
  };
  const appliedBy = async (capability: string) =>
    (await ledger.changesSince(0)).filter(
      ({ change, result }) => change.capability === capability && result?.outcome === 'applied',
    );

  function subscribe(audience: string | undefined): void {
    const { projectId } = google.estate;
    google.sandbox.cloud.pubsub.subscriptions.set(name(), {
      name: name(),
      topic: `projects/${projectId}/topics/orders`,
      pushConfig: {
        pushEndpoint: endpoint(),
        attributes: { 'x-goog-version': 'v1' },
        oidcToken: { serviceAccountEmail: pusher(), ...(audience === undefined ? {} : { audience }) },
        noWrapper: { writeMetadata: true },
      },
    } as never);
  }

  function switchIapOn(client?: string): void {
    const { projectId, backend } = google.estate;
    const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    record['iap'] = { enabled: true, ...(client === undefined ? {} : { oauth2ClientId: client }) };
    google.sandbox.cloud.serviceAccounts.add(google.estate.iapAgent.replace('serviceAccount:', ''));
  }

  function allow(...permissions: string[]): void {
    const { cloud } = google.sandbox;
    const { projectId, reconcileAccount } = google.estate;
    const role = `projects/${projectId}/roles/more${permissions.length}`;
    cloud.roles.set(role, permissions);
    const policy = cloud.policies.get(`projects/${projectId}`);
    assert.ok(policy);
    policy.bindings = [...(policy.bindings ?? []), { role, members: [`serviceAccount:${reconcileAccount}`] }];
  }

  it('set-push-audience: only the audience changes, and undo gives back what was there', async () => {
    const { clientId } = google.estate;
    switchIapOn(clientId);
    subscribe(undefined);
    const before = structuredClone(stored());
    assert.deepEqual((await scan()).findings, [
      ['push-audience-mismatch', endpoint(), 'approve'],
      ['push-caller-not-admitted', pusher(), 'approve'],
    ]);
    const result = await fix('set-push-audience');
    assert.deepEqual(stored(), { ...before, oidcToken: { serviceAccountEmail: pusher(), audience: clientId } });
    assert.equal(
      result.findings.some(({ rule }) => rule === 'push-audience-mismatch'),
      false,
    );
    assert.deepEqual((await scan()).findings, [['push-caller-not-admitted', pusher(), 'approve']]);

    const [change] = await appliedBy('set-push-audience');
    await undoChange(change?.id ?? '', 'undo-1', world('set-push-audience'));
    assert.deepEqual(stored(), before);
    // A hold keeps the next run from doing it again at once.
    await fix('set-push-audience');
    assert.deepEqual(stored(), before);
  });

  it('set-push-audience: an undo is refused when somebody has changed the subscription since', async () => {
    switchIapOn(google.estate.clientId);
    subscribe('https://wrong.example');
    await fix('set-push-audience');
    const [change] = await appliedBy('set-push-audience');
    const held = google.sandbox.cloud.pubsub.subscriptions.get(name());
    assert.ok(held?.pushConfig);
    Object.assign(held.pushConfig, { attributes: { 'x-goog-version': 'v1beta1' } });
    await assert.rejects(undoChange(change?.id ?? '', 'undo-1', world('set-push-audience')), {
      code: 'undo-changed-since',
    });
    assert.equal(audienceNow(), google.estate.clientId);
  });

  it('a dry run goes through reads and guards and writes nothing', async () => {
    switchIapOn(google.estate.clientId);
    subscribe(undefined);
    const before = structuredClone(stored());
    const dry = createWorld({
      settings: settings(['set-push-audience']),
      ledger,
      log: silent,
      clients: google.clients,
      dryRun: true,
    });
    const key = { project: google.estate.projectId, reason: 'manual', runId: 'dry' } as const;
    const { changes } = await fixInPasses(key, dry, { modes: ['enforce', 'approve'] });
    assert.deepEqual(
      changes.map(({ change, result }) => [change.kind, result?.outcome]),
      [['push-audience', 'applied']],
    );
    assert.deepEqual(stored(), before);
  });

  it('grant-iap-accessor: the pushing account is let in at the backend, nobody else is touched; undo takes it out', async () => {
    allow('iap.webServices.getIamPolicy', 'iap.webServices.setIamPolicy', 'pubsub.subscriptions.get');
    switchIapOn(google.estate.clientId);
    subscribe(google.estate.clientId);
    const key = google.estate.iapResource;
    const held = () => google.sandbox.cloud.policies.get(key)?.bindings;
    const before = structuredClone(held());
    const result = await fix('grant-iap-accessor');
    assert.deepEqual(held(), [
      {
        role: 'roles/iap.httpsResourceAccessor',
        members: [`user:${google.estate.user}`, `serviceAccount:${pusher()}`],
      },
    ]);
    assert.equal(
      result.findings.some(({ rule }) => rule.startsWith('push-')),
      false,
    );
    assert.deepEqual(await scan(), { findings: [], gaps: [] });
    const [change] = await appliedBy('grant-iap-accessor');
    await undoChange(change?.id ?? '', 'undo-1', world('grant-iap-accessor'));
    assert.deepEqual(held(), before);
  });

  it('regional-audience: every region accepts the host before the push uses it; each change is undone alone', async () => {
    const { regions, service, projectId, projectNumber, host } = google.estate;
    allow('run.services.update', 'run.services.get', 'pubsub.subscriptions.get', 'iam.serviceAccounts.actAs', 'x');
    for (const region of regions) {
      deployRunService(google.sandbox.cloud, {
        place: { project: projectId, region, service },
        caller: { member: 'user:admin@example.com', email: 'admin@example.com' },
        sent: { metadata: { name: service }, spec: { template: { spec: { containers: [{ image: 'x' }] } } } },
      } as never);
    }
    const regional = `https://${service}-${projectNumber}.${regions[0]}.run.app`;
    subscribe(regional);
    assert.deepEqual((await scan()).findings, [['regional-audience', regional, 'approve']]);

    // Without the other capability the push is not touched: the regions would refuse what it sends.
    await fix('set-push-audience');
    assert.equal(audienceNow(), regional);

    const result = await fix('add-custom-audience', 'set-push-audience');
    const audiences = async () => {
      const { reader } = world();
      return Promise.all(
        regions.map(async (region) => {
          const of = `//run.googleapis.com/projects/${projectId}/locations/${region}/services/${service}`;
          return (await reader.readServiceState(of)).customAudiences;
        }),
      );
    };
    assert.deepEqual(await audiences(), [[`https://${host}`], [`https://${host}`]]);
    assert.equal(audienceNow(), `https://${host}`);
    assert.deepEqual(
      result.changes.map(({ change, result: of }) => [change.kind, of?.outcome]),
      [
        ['custom-audience', 'applied'],
        ['custom-audience', 'applied'],
        ['push-audience', 'applied'],
      ],
    );
    assert.deepEqual((await scan()).findings, []);

    const [change] = await appliedBy('add-custom-audience');
    await undoChange(change?.id ?? '', 'undo-1', world('add-custom-audience'));
    assert.equal((await audiences()).filter((one) => one?.length === 0).length, 1);
  });

  it('lists that are closed leave the push rules unsaid, and the rest of the run as it was', async () => {
    switchIapOn(google.estate.clientId);
    subscribe(undefined);
    const { roles } = google.sandbox.cloud;
    const before = new Map(roles);
    const close = (permission: string) => {
      for (const [role, held] of before)
        roles.set(
          role,
          held.filter((one) => one !== permission),
        );
    };
    close('compute.urlMaps.list');
    const { findings, gaps } = await scan();
    assert.deepEqual(findings, []);
    assert.deepEqual(
      gaps.map(({ rule, reason }) => [rule, reason]),
      [
        ['push-audience-mismatch', 'url-map-not-read'],
        ['push-caller-not-admitted', 'url-map-not-read'],
      ],
    );
    close('pubsub.subscriptions.list');
    assert.deepEqual(new Set((await scan()).gaps.map(({ reason }) => reason)), new Set(['subscriptions-not-read']));
    assert.ok((await fix()).findings.some(({ rule }) => rule === 'iap-invoker-missing'));
  });
});
