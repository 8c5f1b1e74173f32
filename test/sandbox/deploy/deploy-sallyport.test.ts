import assert from 'node:assert/strict';
import { eventarcTriggers } from '../../../functions/events/event-sources.ts';
import { type Deployment, deploySallyport } from '../../../sandbox/deploy/deploy-sallyport.ts';
import { type ArticleEstate, buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';

describe('Sallyport deployed whole, with the accounts and roles of infra', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  let deployment: Deployment | undefined;
  const logged: Record<string, unknown>[] = [];

  before(async () => {
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud);
    deployment = await deploySallyport({
      sandbox,
      project: estate,
      accounts: estate,
      methods: eventarcTriggers().map(({ methodName }) => methodName),
      parts: 'all',
      settings: { capabilities: ['grant-invoker', 'revoke-invoker'] },
      onLog: (name, entry) => logged.push({ name, ...entry }),
    });
  });
  after(async () => {
    await deployment?.stop();
    await sandbox.stop();
  });

  it('sweeps when the hour comes: Scheduler, workflow, sweep, reconcile, and the digest', async () => {
    const backend = sandbox.cloud.compute.get(`projects/${estate.projectId}/global/backendServices/${estate.backend}`);
    assert.ok(backend);
    backend['iap'] = { enabled: true, oauth2ClientId: '' };
    sandbox.cloud.serviceAccounts.add(estate.iapAgent.replace('serviceAccount:', ''));
    const execution = await deployment?.scheduled?.runJob('sallyport-sweep');
    assert.equal(execution?.state, 'SUCCEEDED', JSON.stringify(execution?.error));
    const told = JSON.parse(execution?.result ?? '{}');
    assert.deepEqual(
      { ...told, sweepId: '' },
      { sweepId: '', projects: 1, clean: 1, findings: 0, changes: 2, unreadable: 0 },
    );
    const texts = deployment?.slack?.store.messages('C0SECURITY').map(({ text }) => text) ?? [];
    assert.equal(texts.length, 3, 'two findings that were fixed, and the digest');
    assert.ok(
      texts.some((text) => text.includes('Sweep of 1 project: 1 clean')),
      texts.join('\n'),
    );
  });

  it('writes the report into its bucket, with a link on Slack that opens', async () => {
    const execution = await deployment?.scheduled?.runJob('sallyport-compliance-report');
    assert.equal(execution?.state, 'SUCCEEDED', JSON.stringify(execution?.error));
    const { url, summary } = JSON.parse(execution?.result ?? '{}');
    assert.equal(summary.accessPaths, 2);
    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /All 2 access paths are compliant/);
    const [bucket] = sandbox.cloud.storage.buckets.values();
    assert.equal(bucket?.objects.size, 5);
  });
});
