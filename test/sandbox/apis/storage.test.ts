import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { storage, type storage_v1 } from 'googleapis/build/src/apis/storage/index.js';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { authOf, refusalOf } from './running-sandbox.ts';

describe('Cloud Storage', () => {
  let now: Date;
  let sandbox: Sandbox;
  let client: (email?: string) => storage_v1.Storage;
  const writer = 'report@p1.iam.gserviceaccount.com';

  beforeEach(async () => {
    now = new Date('2026-11-23T10:00:00Z');
    sandbox = await startSandbox({ now: () => now });
    sandbox.cloud.projects.set('p1', {
      projectId: 'p1',
      projectNumber: '111',
      displayName: 'p1',
      createTime: '2026-01-01T00:00:00Z',
    });
    sandbox.cloud.policies.set('projects/p1', {
      etag: 'AAAA',
      bindings: [{ role: 'roles/owner', members: ['user:admin@example.com'] }],
    });
    client = (email = 'admin@example.com') =>
      storage({ version: 'v1', rootUrl: `${sandbox.url}/`, auth: authOf(email) as never, retry: false });
  });
  afterEach(async () => {
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  const makeBucket = (more: storage_v1.Schema$Bucket = {}) =>
    client().buckets.insert({ project: 'p1', requestBody: { name: 'reports', location: 'eu', ...more } });
  const put = (
    name: string,
    body: string | Readable,
    more: storage_v1.Params$Resource$Objects$Insert = {},
    email?: string,
  ) =>
    client(email).objects.insert(
      { bucket: 'reports', name, media: { mimeType: 'text/plain', body }, ...more },
      // The client's own rootUrl does not count for uploads: without this they go to Google.
      { rootUrl: `${sandbox.url}/` },
    );
  const read = async (name: string) =>
    (await client().objects.get({ bucket: 'reports', object: name, alt: 'media' })).data;

  it('makes a bucket with its settings, and one of a name', async () => {
    const { data } = await makeBucket({
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
      retentionPolicy: { retentionPeriod: '3600' },
    });
    assert.deepEqual(
      [
        data.name,
        data.location,
        data.projectNumber,
        data.retentionPolicy?.retentionPeriod,
        data.iamConfiguration?.uniformBucketLevelAccess?.enabled,
      ],
      ['reports', 'EU', '111', '3600', true],
    );
    assert.equal(
      (await client().buckets.get({ bucket: 'reports' })).data.retentionPolicy?.effectiveTime,
      '2026-11-23T10:00:00.000Z',
    );
    assert.deepEqual(
      (await client().buckets.list({ project: 'p1' })).data.items?.map(({ name }) => name),
      ['reports'],
    );
    assert.equal((await refusalOf(makeBucket())).status, 409);
    assert.equal((await refusalOf(makeBucket({ name: 'Bad_' }))).status, 400);
    assert.equal((await refusalOf(client().buckets.get({ bucket: 'nothing' }))).status, 404);
  });

  it('takes content as the client sends it: media, multipart, a stream', async () => {
    await makeBucket();
    const text = 'Grüße\r\n--x\r\n';
    const { data } = await put('2026/11/a b.txt', text);
    assert.deepEqual(
      [data.name, data.bucket, data.size, data.contentType, data.md5Hash],
      [
        '2026/11/a b.txt',
        'reports',
        String(Buffer.byteLength(text)),
        'text/plain',
        createHash('md5').update(text).digest('base64'),
      ],
    );
    assert.equal(await read('2026/11/a b.txt'), text);
    const requestBody = {
      name: 'multi.html',
      contentType: 'text/html',
      metadata: { run: '7' },
      cacheControl: 'no-store',
    };
    const { data: multi } = await put('ignored', '<p>', { requestBody });
    assert.deepEqual(
      [multi.name, multi.contentType, multi.metadata, multi.cacheControl],
      ['multi.html', 'text/html', { run: '7' }, 'no-store'],
    );
    assert.equal(await read('multi.html'), '<p>');
    await put('stream.bin', Readable.from([Buffer.from('one'), Buffer.from('two')]), {
      requestBody: { name: 'stream.bin' },
    });
    assert.equal(await read('stream.bin'), 'onetwo');
  });

  it('takes parts as gcloud writes them: lines end with LF, the boundary stands in single quotes', async () => {
    await makeBucket();
    const upload = (body: string) =>
      fetch(`${sandbox.url}/upload/storage/v1/b/reports/o?uploadType=multipart`, {
        method: 'POST',
        headers: { authorization: 'Bearer x', 'content-type': "multipart/related; boundary='==1=='" },
        body,
      });
    const about = '--==1==\nContent-Type: application/json\n\n{"name": "x"}\n';
    const content = '--==1==\nContent-Type: text/plain\n\nhello\n\n--==1==--\n';
    assert.equal((await upload(about + content)).status, 200);
    assert.equal(await read('x'), 'hello\n');
    for (const broken of ['', about, about + content.replace('--==1==--', ''), about + about + content])
      assert.equal((await upload(broken)).status, 400, JSON.stringify(broken));
  });

  it('gives the checksums that Google documents', async () => {
    await makeBucket();
    assert.equal((await put('check', '123456789')).data.crc32c, '4waSgw==');
    assert.equal((await refusalOf(put('wrong', 'x', { requestBody: { name: 'wrong', md5Hash: 'AAAA' } }))).status, 400);
  });

  it('lists by prefix, in pages, and with folders', async () => {
    await makeBucket();
    for (const name of ['b/2', 'a', 'b/1', 'b/c/3']) await put(name, name);
    const list = async (params: storage_v1.Params$Resource$Objects$List) =>
      (await client().objects.list({ bucket: 'reports', ...params })).data;
    assert.deepEqual(
      (await list({ prefix: 'b/' })).items?.map(({ name }) => name),
      ['b/1', 'b/2', 'b/c/3'],
    );
    const page = await list({ maxResults: 3 });
    const rest = await list({ maxResults: 3, pageToken: page.nextPageToken ?? '' });
    assert.deepEqual(
      [page.items?.length, rest.items?.map(({ name }) => name), rest.nextPageToken],
      [3, ['b/c/3'], undefined],
    );
    const folders = await list({ prefix: 'b/', delimiter: '/' });
    assert.deepEqual([folders.prefixes, folders.items?.map(({ name }) => name)], [['b/c/'], ['b/1', 'b/2']]);
    assert.deepEqual(await list({ prefix: 'zzz' }), { kind: 'storage#objects' });
  });

  it('ifGenerationMatch=0 makes an object once; another number replaces exactly that one', async () => {
    await makeBucket();
    const { data } = await put('once', '1', { ifGenerationMatch: '0' });
    const { status, error } = await refusalOf(put('once', '2', { ifGenerationMatch: '0' }));
    assert.deepEqual([status, Object(error['errors'])[0].reason], [412, 'conditionNotMet']);
    const { data: second } = await put('once', '2', { ifGenerationMatch: data.generation ?? '' });
    assert.ok(BigInt(second.generation ?? 0) > BigInt(data.generation ?? 0));
    assert.equal((await refusalOf(put('once', '3', { ifGenerationMatch: data.generation ?? '' }))).status, 412);
    assert.equal(await read('once'), '2');
  });

  it('nothing is deleted or overwritten while the retention holds, whoever asks', async () => {
    await makeBucket({ retentionPolicy: { retentionPeriod: '3600' } });
    assert.equal((await put('kept', '1')).data.retentionExpirationTime, '2026-11-23T11:00:00.000Z');
    const remove = () => client().objects.delete({ bucket: 'reports', object: 'kept' });
    for (const call of [remove(), put('kept', '2')]) {
      const { status, error } = await refusalOf(call);
      assert.deepEqual([status, Object(error['errors'])[0].reason], [403, 'retentionPolicyNotMet']);
    }
    now = new Date('2026-11-23T11:00:00Z');
    assert.equal((await remove()).status, 204);
    assert.equal((await refusalOf(remove())).status, 404);
  });

  it('a creator writes new objects and overwrites none, reads none, lists none', async () => {
    await makeBucket();
    const role = { role: 'roles/storage.objectCreator', members: [`serviceAccount:${writer}`] };
    assert.equal((await refusalOf(put('a', '1', {}, writer))).status, 403);
    sandbox.cloud.policies.set('projects/p1/buckets/reports', { etag: 'BBBB', bindings: [role] });
    assert.equal((await put('a', '1', {}, writer)).status, 200);
    const refused = [
      ['storage.objects.delete', put('a', '2', {}, writer)],
      ['storage.objects.get', client(writer).objects.get({ bucket: 'reports', object: 'a' })],
      ['storage.objects.list', client(writer).objects.list({ bucket: 'reports' })],
    ] as const;
    for (const [permission, call] of refused) {
      const { status, error } = await refusalOf(call);
      assert.equal(status, 403);
      assert.match(String(error['message']), new RegExp(`does not have ${permission} access`));
    }
    role.role = 'roles/storage.objectUser';
    assert.equal((await put('a', '2', {}, writer)).status, 200);
  });

  it('a versioned bucket keeps what was overwritten', async () => {
    await makeBucket({ versioning: { enabled: true } });
    const { data: first } = await put('v', '1');
    await put('v', '2');
    const { data } = await client().objects.get({
      bucket: 'reports',
      object: 'v',
      generation: first.generation ?? '',
      alt: 'media',
    });
    assert.equal(data, '1');
    assert.equal((await client().objects.list({ bucket: 'reports', versions: true })).data.items?.length, 2);
  });

  it('a person opens an object in a browser, where it reaches nothing of the sandbox', async () => {
    await makeBucket();
    await put('x', '<h1>Report</h1>', {
      requestBody: { name: 'r 1/report.html', contentType: 'text/html; charset=utf-8' },
    });
    const response = await fetch(`${sandbox.url}/_sandbox/storage/reports/r%201/report.html`);
    assert.deepEqual(
      [
        response.status,
        response.headers.get('content-type'),
        response.headers.get('content-security-policy'),
        await response.text(),
      ],
      [200, 'text/html; charset=utf-8', 'sandbox allow-scripts', '<h1>Report</h1>'],
    );
    assert.equal((await fetch(`${sandbox.url}/_sandbox/storage/reports/nothing`)).status, 404);
  });
});
