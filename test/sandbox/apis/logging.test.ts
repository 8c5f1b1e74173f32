import assert from 'node:assert/strict';
import { Logging } from '@google-cloud/logging';
import { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import { logging_v2 } from 'googleapis/build/src/apis/logging/v2.js';
import { authOf, type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

describe('sandbox/apis/logging', () => {
  let running: RunningSandbox;
  let logging: logging_v2.Logging;
  let resourceNames: string[];

  before(async () => {
    running = await startArticleSandbox();
    logging = new logging_v2.Logging(running.client());
    const { projectId: project, backend: backendService } = running.estate;
    resourceNames = [`projects/${project}`];
    const compute = new compute_v1.Compute(running.client());
    for (const description of ['a', 'b', 'c'])
      await compute.backendServices.patch({ project, backendService, requestBody: { description } });
  });
  after(() => running.sandbox.stop());

  const list = async (filter: string, more: object = {}) =>
    (await logging.entries.list({ requestBody: { resourceNames, filter, ...more } })).data;
  const patches = 'protoPayload.methodName="v1.compute.backendServices.patch"';

  it('takes the requests of @google-cloud/logging, time limit and all; what it cannot decode is docs/decisions/0014', async () => {
    const client = new Logging({
      projectId: running.estate.projectId,
      fallback: true,
      protocol: 'http',
      apiEndpoint: '127.0.0.1',
      port: running.sandbox.port,
      authClient: authOf('admin@example.com'),
    } as never);
    const ask = (filter: string) => client.getEntries({ filter, orderBy: 'timestamp asc', autoPaginate: false });
    assert.deepEqual((await ask('protoPayload.methodName="absent"'))[0], []);
    const rows = running.sandbox.requestLog.rows.filter(({ method }) => method === 'logging.entries.list');
    assert.deepEqual(
      rows.map(({ status }) => status),
      [200],
    );
  });

  it('finds entries by method, resource, label and log, and by several at once', async () => {
    const { projectId, backend, backendId } = running.estate;
    const resource = `protoPayload.resourceName="projects/${projectId}/global/backendServices/${backend}"`;
    const label = `resource.labels.backend_service_id="${backendId}"`;
    const log = `logName="projects/${projectId}/logs/cloudaudit.googleapis.com%2Factivity"`;
    assert.equal((await list([patches, resource, label, log].join(' AND '))).entries?.length, 6);
    assert.equal((await list(`${patches}\n${resource}`)).entries?.length, 6);
    assert.equal(
      (await list('protoPayload.methodName=("absent" OR "v1.compute.backendServices.patch")')).entries?.length,
      6,
    );
    assert.equal((await list('protoPayload.methodName="absent"')).entries, undefined);
    assert.equal((await list(`${patches} AND timestamp>="2100-01-01T00:00:00Z"`)).entries, undefined);
  });

  it('pages in both orders', async () => {
    for (const orderBy of ['timestamp asc', 'timestamp desc']) {
      const first = await list(patches, { orderBy, pageSize: 4 });
      const second = await list(patches, { orderBy, pageSize: 4, pageToken: first.nextPageToken });
      const times = [...(first.entries ?? []), ...(second.entries ?? [])].map(({ timestamp }) => timestamp ?? '');
      const sorted = [...times].sort();
      assert.equal(times.length, 6);
      assert.deepEqual(times, orderBy.endsWith('desc') ? sorted.reverse() : sorted);
      assert.equal(second.nextPageToken, undefined);
    }
  });

  it('refuses what it does not understand, and names it', async () => {
    for (const filter of [
      'severity>=ERROR',
      `${patches} OR severity="ERROR"`,
      'NOT severity="ERROR"',
      'text',
      'unknown="x"',
    ]) {
      const { status, error } = await refusalOf(list(filter));
      assert.equal(status, 400);
      assert.equal(error['status'], 'INVALID_ARGUMENT');
      assert.match(String(error['message']), /does not support/);
    }
  });

  it('refuses a caller without logging.logEntries.list', async () => {
    const stranger = new logging_v2.Logging(running.client('stranger@example.com'));
    const { status } = await refusalOf(stranger.entries.list({ requestBody: { resourceNames } }));
    assert.equal(status, 403);
  });
});
