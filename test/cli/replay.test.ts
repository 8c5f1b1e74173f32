import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putDeadLetters } from '../../sandbox/deploy/put-events-side.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { auditEntry } from '../support/audit-entry.ts';
import { type CommandLab, openCommandLab } from '../support/command-lab.ts';

describe('sallyport replay', function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  let lab: CommandLab;
  let subscription: string;
  let topic: string;

  beforeEach(async () => {
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud);
    const { projectId, backend, iapAgent } = estate;
    subscription = `projects/${projectId}/subscriptions/sallyport-dead-letters`;
    topic = putDeadLetters(sandbox.cloud, projectId);
    const record = sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    record['iap'] = { enabled: true };
    sandbox.cloud.serviceAccounts.add(iapAgent.replace('serviceAccount:', ''));
    lab = await openCommandLab({ sandbox, estate });
  });
  afterEach(async () => {
    assert.deepEqual(sandbox.discovery.summary().problems, []);
    await lab.stop();
    await sandbox.stop();
  });

  const publish = (value: unknown, attributes: Readonly<Record<string, string>> = {}) =>
    sandbox.cloud.pubsub.publish(topic, {
      data: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64'),
      attributes,
    });
  const letter = (over: Readonly<Record<string, string>> = {}) => ({
    why: 'Compute is busy',
    project: estate.projectId,
    eventId: 'event-1',
    code: 'read-failed',
    ...over,
  });
  const replay = (...args: readonly string[]) => lab.run('replay', '--subscription', subscription, ...args);
  /** Letters that wait and that nobody holds. */
  const left = () => {
    const held = sandbox.cloud.pubsub.backlog.take(subscription, { max: 1000, deadlineMs: 600_000 });
    sandbox.cloud.pubsub.backlog.extend(
      subscription,
      held.map(({ ackId }) => ackId),
      0,
    );
    return held.length;
  };
  const grants = () =>
    estate.regions.map(
      (region) =>
        sandbox.cloud.policies.get(`projects/${estate.projectId}/locations/${region}/services/${estate.service}`)
          ?.bindings?.length ?? 0,
    );
  const runs = () => lab.inLedger((ledger) => ledger.runs(10));

  it('looks once at each project, makes what may be enforced, and takes its letters off', async () => {
    publish(letter());
    publish(letter({ code: 'project-busy', project: estate.projectNumber }));
    const { status, stdout, stderr } = await replay('--yes');
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^${estate.projectId}  2 letters\\n  read-failed  \\d s old  Compute is busy\\n`));
    assert.match(stdout, /No letter is left of these\.\n$/);
    assert.deepEqual(grants(), [1, 1]);
    assert.equal(left(), 0);
    assert.deepEqual(
      (await runs()).map(({ project, reason, changes }) => [project, reason, changes]),
      [[estate.projectId, 'manual', 2]],
    );
  });

  it('says that nothing waits', async () => {
    const { status, stdout } = await replay('--yes');
    assert.deepEqual([status, stdout], [0, 'No dead letters wait.\n']);
  });

  it('writes nothing and takes nothing off with --dry-run', async () => {
    publish(letter());
    const { status, stdout } = await replay('--dry-run');
    assert.equal(status, 0);
    assert.match(stdout, /grant roles\/run\.invoker/);
    assert.match(stdout, /nothing was written, and no letter was taken off/);
    assert.deepEqual(grants(), [0, 0]);
    assert.equal(left(), 1);
  });

  it('keeps the letters of a project whose run failed, and works the others off', async () => {
    writeFileSync(join(lab.folder, 'sallyport.yaml'), 'scope: {include: ["*"]}\n');
    publish(letter());
    publish(letter({ project: 'nobody-knows' }));
    const { status, stdout } = await replay('--yes');
    assert.equal(status, 3, stdout);
    assert.match(stdout, /nobody-knows {2}failed: .* \[project-not-found\]/);
    assert.deepEqual([grants(), left()], [[1, 1], 1]);
    assert.match(stdout, /1 letter is left in /);
  });

  it('keeps the letters of a project that was read in part', async () => {
    const [region = ''] = estate.regions;
    sandbox.cloud.unreachableRegions?.add(region);
    publish(letter());
    const { status, stdout } = await replay('--yes');
    assert.equal(status, 3, stdout);
    assert.match(stdout, /read in part: its letters stay/);
    assert.equal(left(), 1);
  });

  it('shows letters that lead nowhere, and takes them off only when told to', async () => {
    publish('no JSON');
    publish(letter({ project: '../../etc', why: 'x\u001b[2J' }));
    publish(letter({ project: 'others-prod' }));
    const shown = await replay('--yes');
    assert.equal(shown.status, 1, shown.stderr);
    assert.match(shown.stdout, /no project in scope {2}3 letters/);
    assert.ok(shown.stdout.includes('x\\x1b[2J') && !shown.stdout.includes('\u001b'), 'a letter moves the cursor');
    assert.equal(left(), 3);
    const dropped = await replay('--yes', '--drop-unusable');
    assert.deepEqual([dropped.status, left()], [0, 0]);
    assert.deepEqual(await runs(), []);
  });

  it('takes up events as Pub/Sub left them when it gave up delivering', async () => {
    const entry = auditEntry({
      resource: { type: 'cloud_run_revision', labels: { project_id: estate.projectId, location: 'europe-west1' } },
    });
    publish(entry, { CloudPubSubDeadLetterSourceDeliveryCount: '5' });
    const { status, stdout } = await replay('--yes', '--format', 'json');
    assert.equal(status, 0);
    const { schema, letters, projects } = JSON.parse(stdout);
    assert.equal(schema, 'sallyport.replay/v1');
    const [first] = letters;
    assert.deepEqual(
      [first.code, first.project, first.why, first.actor, first.takenOff],
      ['not-delivered', estate.projectId, 'not delivered in 5 attempts', 'ada@example.com', true],
    );
    assert.deepEqual([projects[0].isDone, projects[0].changes], [true, 2]);
  });

  it('asks before it writes, and wants a whole name', async () => {
    publish(letter());
    assert.equal((await replay()).status, 2);
    assert.equal((await lab.run('replay', '--subscription', 'letters', '--yes')).status, 2);
    assert.equal(left(), 1);
  });

  it('names the role of somebody who may not pull', async () => {
    const stranger = await openCommandLab({ sandbox, estate, email: 'stranger@example.com' });
    const { status, stderr } = await stranger.run('replay', '--subscription', subscription, '--yes');
    await stranger.stop();
    assert.deepEqual([status, stderr.includes('[read-denied]')], [3, true]);
    assert.match(stderr, /roles\/pubsub\.subscriber/);
  });
});
