import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { createReportHandler, type ReportDeps } from '../../../functions/entrypoints/report-handler.ts';
import { AppError } from '../../../functions/errors.ts';
import { inventory } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../support/memory-world.ts';

const settings = { slack: { channel: 'C0SECURITY' } };
const write = { step: 'write' };

describe('function report', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  const kept: { folder: string; names: readonly string[] }[] = [];
  let calls: string[];

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    world = buildMemoryWorld(inventory({}), { ledger, settings });
    kept.length = 0;
    calls = [];
  });
  afterEach(() => ledger.close());

  const open = (over: Partial<ReportDeps> = {}) =>
    createReportHandler({
      world,
      listProjects: async () => ['acme-prod'],
      place: {
        async put(folder, files) {
          kept.push({ folder, names: files.map(({ name }) => name) });
          return new Map(files.map(({ name }) => [name, `https://storage.example/${folder}/${name}`]));
        },
      },
      writtenBy: 'a test',
      newReportId: () => 'r1',
      sendDueNotices: async () => void calls.push('sent'),
      ...over,
    });
  const told = async () => (await ledger.claimNotices('test', 10, world.time, 1000)).map(({ content }) => content);

  it('writes all files into a folder of the day, and tells where and how it stands', async () => {
    const { status, body } = await open()(write);
    assert.equal(status, 200);
    const [{ folder, names } = { folder: '', names: [] }] = kept;
    assert.match(folder, /^\d{4}-\d\d-\d\d\/r1$/);
    assert.equal(names.at(-1), 'manifest.json');
    const url = `https://storage.example/${folder}/report.html`;
    assert.deepEqual([body['url'], body['unreadableProjects']], [url, 0]);
    const [notice] = await told();
    assert.ok(notice?.kind === 'report');
    assert.deepEqual([notice.url, notice.lines[0]], [url, '0 of 1 access paths compliant']);
    assert.deepEqual(calls, ['sent']);
  });

  it('says on Slack what could not be read', async () => {
    const readProject: MemoryWorld['reader']['readProject'] = async (project, options) => {
      if (project === 'secret') throw new AppError('read-denied', 'no');
      return world.reader.readProject(project, options);
    };
    const report = open({
      world: { ...world, reader: { ...world.reader, readProject } },
      listProjects: async () => ['acme-prod', 'secret'],
    });
    assert.equal((await report(write)).body['unreadableProjects'], 1);
    const [notice] = await told();
    assert.ok(notice?.kind === 'report' && notice.lines.includes('1 thing could not be read'));
  });

  it('says on Slack what somebody has decided to live with', async () => {
    const exemption = { rule: 'iap-invoker-missing', resource: '*', reason: 'r', owner: 'o', expires: '2040-01-01' };
    world = buildMemoryWorld(inventory({}), { ledger, settings: { ...settings, exemptions: [exemption] } });
    assert.equal((await open()(write)).status, 200);
    const [notice] = await told();
    assert.ok(notice?.kind === 'report' && notice.lines.includes('1 exempt by somebody’s decision'));
  });

  it('says that no project is in scope, and does not ask to be called again', async () => {
    assert.deepEqual(await open({ listProjects: async () => [] })(write), {
      status: 400,
      body: { code: 'out-of-scope' },
    });
    assert.deepEqual([kept, await told()], [[], []]);
    const [line] = world.lines.filter(({ level }) => level === 'error');
    assert.match(String(Object(line?.fields['error']).message), /^No project is in scope/);
  });

  it('asks to be called again when nothing could be read, or kept: half a report is none', async () => {
    const readProject = () => Promise.reject(new AppError('read-failed', 'away'));
    const blind = open({ world: { ...world, reader: { ...world.reader, readProject } } });
    assert.deepEqual(await blind(write), { status: 503, body: { code: 'read-failed' } });
    const full = open({ place: { put: () => Promise.reject(new AppError('report-not-kept', 'away')) } });
    assert.deepEqual(await full(write), { status: 503, body: { code: 'report-not-kept' } });
    assert.deepEqual(await told(), []);
  });

  it('tells nobody where no Slack is set', async () => {
    world = buildMemoryWorld(inventory({ policies: [] }), { ledger });
    assert.equal((await open()(write)).status, 200);
    assert.deepEqual(await told(), []);
  });

  for (const body of [undefined, {}, { step: 'collect' }, '[]']) {
    it(`refuses ${JSON.stringify(body)} and does not ask for it again`, async () => {
      assert.deepEqual(await open()(body), { status: 400, body: { code: 'bad-request' } });
    });
  }
});
