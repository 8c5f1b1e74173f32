import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { DoctorContext } from '../../cli/doctor/check.ts';
import { doctorChecks } from '../../cli/doctor/checks.ts';
import { createDoctorClients } from '../../cli/doctor/clients.ts';
import { examineAll } from '../../cli/doctor/examine.ts';
import { createGoogleClients } from '../../functions/adapters/google-clients.ts';
import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';
import { readSettingsFile } from '../../functions/adapters/settings-file.ts';
import { parseSettings } from '../../functions/config.ts';
import type { Ledger } from '../../functions/core/ledger.ts';
import { AppError, TerminalError } from '../../functions/errors.ts';
import { eventarcTriggers, sinkFilter } from '../../functions/events/event-sources.ts';
import type { Cloud } from '../../sandbox/cloud.ts';
import { type Deployment, deploySallyport } from '../../sandbox/deploy/deploy-sallyport.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { type CommandLab, openCommandLab } from '../support/command-lab.ts';

const hourMs = 3_600_000;

describe('sallyport doctor, on a whole deployment', function () {
  this.timeout(90_000);
  let sandbox: Sandbox;
  let cloud: Cloud;
  let estate: ArticleEstate;
  let deployment: Deployment;
  let ledger: Ledger;
  let place: string;
  let own: string;
  let context: DoctorContext;
  const closing: (() => Promise<unknown>)[] = [];
  const envBefore = { ...process.env };

  before(async () => {
    sandbox = await startSandbox();
    closing.push(() => sandbox.stop());
    cloud = sandbox.cloud;
    estate = buildArticleEstate(cloud);
    const { projectId, projectNumber } = estate;
    own = `projects/${projectId}`;
    place = `${own}/locations/us-central1`;
    deployment = await deploySallyport({
      sandbox,
      project: estate,
      accounts: estate,
      methods: eventarcTriggers().map(({ methodName }) => methodName),
      parts: 'all',
    });
    closing.push(() => deployment.stop());
    const swept = await deployment.scheduled?.runJob('sallyport-sweep');
    assert.equal(swept?.state, 'SUCCEEDED', JSON.stringify(swept?.error));
    const email = 'admin@example.com';
    const metadata = await startMetadataServer({ email, projectId, projectNumber, idTokens: deployment.idTokens });
    closing.push(() => metadata.stop());
    process.env['SALLYPORT_SANDBOX_URL'] = sandbox.url;
    process.env['GCE_METADATA_HOST'] = metadata.host;
    ledger = await openSqliteLedger(deployment.ledgerFile);
    closing.push(() => ledger.close());
    context = {
      project: projectId,
      ownProject: projectId,
      region: 'us-central1',
      clients: createDoctorClients(createGoogleClients()),
      settings: () => readSettingsFile(deployment.settingsFile),
      ledger: async () => ledger,
      ledgerName: deployment.ledgerFile,
      login: async () => email,
      clock: { now: () => Date.now() },
      nodeVersion: process.versions.node,
    };
  });
  after(async () => {
    const { problems } = sandbox.discovery.summary();
    for (const close of closing.toReversed()) await close();
    process.env = envBefore;
    assert.deepEqual(problems, []);
  });

  /** Lines that are not green, with their status. */
  const notOk = async (over: Partial<DoctorContext> = {}) => {
    const lines = await examineAll(doctorChecks, { ...context, ...over });
    return lines.flatMap((line) => (line.status === 'ok' ? [] : [[line.id, line.status] as const]));
  };
  /** Does something, looks, and takes it back. */
  const broken = async (breaks: () => () => void, over: Partial<DoctorContext> = {}) => {
    const restore = breaks();
    try {
      return await notOk(over);
    } finally {
      restore();
    }
  };
  const without = <T>(map: Map<string, T>, key: string) => {
    const kept = map.get(key);
    assert.ok(kept !== undefined && map.delete(key), key);
    return () => map.set(key, kept);
  };
  const set = <T extends object, K extends keyof T>(record: T | undefined, key: K, value: T[K]) => {
    assert.ok(record);
    const kept = record[key];
    record[key] = value;
    return () => {
      record[key] = kept;
    };
  };

  it('is all green', async () => {
    const lines = await examineAll(doctorChecks, context);
    const bad = lines.filter(({ status }) => status !== 'ok');
    assert.deepEqual(bad, []);
    assert.deepEqual(await notOk(), []);
  });

  describe('turns exactly one line when', () => {
    const rows: readonly (readonly [string, string, () => () => void])[] = [
      [
        'an API is off',
        'apis',
        () => {
          cloud.disabledApis.add(`${own}/services/iap.googleapis.com`);
          return () => cloud.disabledApis.clear();
        },
      ],
      [
        'one of two accounts lacks a role that both hold',
        'accounts',
        () => {
          const policy = cloud.policies.get(own);
          const member = `serviceAccount:sallyport-report@${estate.projectId}.iam.gserviceaccount.com`;
          const isIt = (one: { role: string; members?: string[] }) =>
            one.role.endsWith('/sallyportReadEstate') && one.members?.includes(member);
          return set(
            policy,
            'bindings',
            (policy?.bindings ?? []).filter((one) => !isIt(one)),
          );
        },
      ],
      [
        'a role of an account is gone',
        'accounts',
        () => {
          const policy = cloud.policies.get(own);
          return set(
            policy,
            'bindings',
            (policy?.bindings ?? []).filter(({ role }) => !role.endsWith('/sallyportGrantInvoker')),
          );
        },
      ],
      [
        'you may not read IAP',
        'your permissions',
        () => {
          const apis = [
            'resourcemanager',
            'serviceusage',
            'eventarc',
            'logging',
            'cloudtasks',
            'pubsub',
            'workflows',
            'cloudscheduler',
            'run',
            'compute',
            'iam',
          ];
          cloud.roles.set(
            'roles/owner',
            apis.map((api) => `${api}.*`),
          );
          return () => cloud.roles.set('roles/owner', ['*']);
        },
      ],
      [
        'a trigger is gone',
        'events',
        () => without(cloud.triggers, `${own}/locations/global/triggers/sallyport-run-v1-services-setiampolicy`),
      ],
      ['the queue is gone', 'queue', () => without(cloud.tasks.queues, `${place}/queues/sallyport`)],
      [
        'the queue is paused',
        'queue',
        () => set(cloud.tasks.queues.get(`${place}/queues/sallyport`), 'state', 'PAUSED'),
      ],
      [
        'a task fails again and again',
        'queue',
        () => {
          const name = `${place}/queues/sallyport/tasks/old`;
          const createTime = new Date(Date.now() - hourMs).toISOString();
          const httpRequest = { url: 'http://127.0.0.1:1', httpMethod: 'POST', headers: {} };
          const later = new Date(Date.now() + hourMs).toISOString();
          cloud.tasks.add({
            name,
            httpRequest,
            createTime,
            scheduleTime: later,
            dispatchDeadline: '600s',
            dispatchCount: 7,
            responseCount: 7,
          });
          return () => cloud.tasks.remove(name);
        },
      ],
      [
        'the subscription of the dead letters is gone',
        'dead letters',
        () => without(cloud.pubsub.subscriptions, `${own}/subscriptions/sallyport-dead-letters`),
      ],
      [
        'a dead letter waits',
        'dead letters',
        () => {
          cloud.pubsub.publish(deployment.deadLetterTopic, { data: 'e30=' });
          return () => cloud.pubsub.backlog.forget(`${own}/subscriptions/sallyport-dead-letters`);
        },
      ],
      [
        'a workflow is gone',
        'workflow sallyport-approval',
        () => without(cloud.workflows.workflows, `${place}/workflows/sallyport-approval`),
      ],
      [
        'the last sweep’s execution failed',
        'workflow sallyport-sweep',
        () => set([...cloud.workflows.executions.values()].at(-1), 'state', 'FAILED'),
      ],
      [
        'a job is gone',
        'schedule sallyport-sweep',
        () => {
          const job = cloud.schedules.jobs.get(`${place}/jobs/sallyport-sweep`);
          assert.ok(job && cloud.schedules.remove(job.name));
          return () => cloud.schedules.put(job);
        },
      ],
      [
        'a job is paused',
        'schedule sallyport-compliance-report',
        () => set(cloud.schedules.jobs.get(`${place}/jobs/sallyport-compliance-report`), 'state', 'PAUSED'),
      ],
      [
        'a job’s last attempt failed',
        'schedule sallyport-sweep',
        () => set(cloud.schedules.jobs.get(`${place}/jobs/sallyport-sweep`), 'status', { code: 7 }),
      ],
    ];
    for (const [title, id, breaks] of rows) {
      it(title, async () => {
        assert.deepEqual(await broken(breaks), [[id, 'problem']]);
        assert.deepEqual(await notOk(), [], 'and is green again');
      });
    }

    const overs: readonly (readonly [string, string, () => Partial<DoctorContext>])[] = [
      ['Node is too old', 'node', () => ({ nodeVersion: '20.19.0' })],
      ['nobody is logged in', 'login', () => ({ login: async () => undefined })],
      ['the clock is five minutes ahead', 'clock', () => ({ clock: { now: () => Date.now() + 300_000 } })],
      ['the clock is five minutes behind', 'clock', () => ({ clock: { now: () => Date.now() - 300_000 } })],
      ['there was no sweep', 'last sweep', () => ({ ledger: () => openSqliteLedger(':memory:') })],
      [
        'the project is out of scope: nobody watches it',
        'scope',
        () => ({ settings: async () => parseSettings({ scope: { include: ['nothing-*'] } }) }),
      ],
      [
        'the last sweep had no project in scope',
        'last sweep',
        () => ({
          ledger: async () => {
            const other = await openSqliteLedger(':memory:');
            const [startedAt, endedAt] = [Date.now(), Date.now()];
            const none = { projects: 0, clean: 0, findings: 0, changes: 0, unreadable: [] };
            await other.recordSweep({ id: 's', startedAt, endedAt, ...none });
            return other;
          },
        }),
      ],
      ['the settings say paused', 'pause', () => ({ settings: async () => parseSettings({ paused: true }) })],
      [
        'an exemption ends this week',
        'exemptions',
        () => ({ settings: async () => parseSettings({ exemptions: [exemption] }) }),
      ],
    ];
    const exemption = {
      rule: 'run-url-bypass',
      resource: '*',
      reason: 'r',
      owner: 'ann',
      expires: new Date(Date.now() + 48 * hourMs).toISOString().slice(0, 10),
    };
    for (const [title, id, over] of overs) {
      it(title, async () => assert.deepEqual(await notOk(over()), [[id, 'problem']]));
    }

    it('somebody has paused, and says who and why', async () => {
      await ledger.setPaused(true, { who: 'ann', why: 'freeze' });
      const lines = await examineAll(doctorChecks, context);
      await ledger.setPaused(false);
      const bad = lines.filter(({ status }) => status !== 'ok');
      assert.deepEqual(
        bad.map(({ id }) => id),
        ['pause'],
      );
      assert.match(bad[0]?.text ?? '', /by ann since .*: freeze/);
    });

    it('an intent stays open, messages stay, and the last event failed', async () => {
      const old = Date.now() - hourMs;
      const other = await openSqliteLedger(':memory:', () => old);
      const change = { capability: 'grant-invoker', kind: 'add', resource: 'r', role: 'o', members: ['m'] } as const;
      const { projectId: project } = estate;
      await other.recordSweep({
        id: 's',
        startedAt: Date.now(),
        endedAt: Date.now(),
        projects: 1,
        clean: 1,
        findings: 0,
        changes: 0,
        unreadable: [],
      });
      const over = { ledger: async () => other };
      assert.deepEqual(await notOk(over), []);
      await other.recordIntent({ id: 'i', project, runId: 'r', findingIds: [], change, at: old });
      assert.deepEqual(await notOk(over), [['intents', 'problem']]);
      await other.recordResult('i', { outcome: 'failed', at: old });
      await other.recordRun({
        id: 'r',
        project,
        reason: 'event',
        startedAt: old,
        endedAt: old,
        outcome: 'failed',
        settingsHash: '',
        findings: 0,
        changes: 0,
        error: 'read-denied',
      });
      assert.deepEqual(await notOk(over), [['last event', 'problem']]);
      await other.recordRun({
        id: 'q',
        project,
        reason: 'event',
        startedAt: old + 1,
        endedAt: old + 1,
        outcome: 'clean',
        settingsHash: '',
        findings: 0,
        changes: 0,
      });
      await other.putNotice(
        { id: 'n', project, channel: 'C0', content: { kind: 'digest', title: 't', lines: [] } },
        old,
      );
      assert.deepEqual(await notOk(over), [['messages', 'problem']]);
    });
  });

  it('takes a log sink for the triggers, if it has the filter of this version', async () => {
    const kept = [...cloud.triggers];
    cloud.triggers.clear();
    try {
      assert.deepEqual(await notOk(), [['events', 'problem']]);
      const sink = { name: 'sallyport-events', destination: `pubsub.googleapis.com/${own}/topics/sallyport-events` };
      cloud.sinks.set(`${own}/sinks/sallyport-events`, { ...sink, filter: sinkFilter() });
      assert.deepEqual(await notOk(), []);
      cloud.sinks.set(`${own}/sinks/sallyport-events`, { ...sink, filter: 'severity>=ERROR' });
      assert.deepEqual(await notOk(), [['events', 'problem']]);
      cloud.sinks.clear();
      const name = `${own}/subscriptions/sallyport-events`;
      cloud.pubsub.subscriptions.set(name, { name, topic: 't', pushConfig: {} });
      assert.deepEqual(await notOk(), [['events', 'unknown']], 'a sink of the organisation cannot be seen from here');
      cloud.pubsub.subscriptions.delete(name);
    } finally {
      for (const [name, trigger] of kept) cloud.triggers.set(name, trigger);
    }
  });

  it('says unknown of what it could not read, never ok', async () => {
    const { faults } = sandbox;
    faults.add({ match: 'cloudtasks.projects.locations.queues.get', fault: 503, times: 3 });
    assert.deepEqual(await notOk(), [['queue', 'unknown']]);
    const ledgerLines = ['ledger', 'last event', 'last sweep', 'pause', 'intents', 'messages'];
    const away = async (): Promise<Ledger> => {
      throw new AppError('ledger-failed', 'Firestore does not answer');
    };
    assert.deepEqual(
      await notOk({ ledger: away }),
      ledgerLines.map((id) => [id, 'unknown']),
    );
    const bad = async () => {
      throw new TerminalError('bad-settings', 'sallyport.yaml:3:1: mode is not a field');
    };
    const [first, ...others] = await notOk({ settings: bad });
    assert.deepEqual(first, ['settings', 'problem']);
    assert.ok(others.every(([, status]) => status === 'unknown'));
  });

  describe('as a command', () => {
    let lab: CommandLab;
    before(async () => {
      lab = await openCommandLab({ sandbox, estate });
    });
    after(() => lab.stop());
    const doctor = (...args: readonly string[]) =>
      lab.run('doctor', '--project', estate.projectId, '--settings', deployment.settingsFile, ...args);

    it('prints a line each, and exits 0', async () => {
      const { status, stdout, stderr } = await doctor('--ledger', deployment.ledgerFile);
      assert.equal(status, 0, stdout + stderr);
      assert.equal(stdout.match(/^✔ /gm)?.length, doctorChecks.length, stdout);
      assert.match(stdout, /✔ login .* logged in as admin@example\.com\n/);
      assert.match(stdout, /\n\n\d+ ok, 0 problems, 0 unknown\n$/);
    });

    it('exits 1 with what to do, and 3 where something could not be read', async () => {
      const restore = without(
        cloud.triggers,
        `${own}/locations/global/triggers/sallyport-run-v1-services-setiampolicy`,
      );
      const { status, stdout } = await doctor('--ledger', deployment.ledgerFile);
      assert.equal(status, 1, stdout);
      assert.match(stdout, /✘ events .* no trigger for google\.cloud\.run\.v1\.Services\.SetIamPolicy\n +→ terraform/);
      const json = await doctor('--format', 'json');
      restore();
      assert.equal(json.status, 3, 'there is no ledger on this machine, and none is made');
      const { schema, checks } = JSON.parse(json.stdout);
      assert.deepEqual([schema, checks.length], ['sallyport.doctor/v1', doctorChecks.length]);
      assert.equal(existsSync(lab.ledgerFile), false);
    });
  });
});
