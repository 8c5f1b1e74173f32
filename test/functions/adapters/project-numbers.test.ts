import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createProjectNumbers } from '../../../functions/adapters/project-numbers.ts';
import { type FakeGoogle, startFakeGoogle } from '../../support/fake-google.ts';

describe('project numbers', () => {
  let google: FakeGoogle;
  let status: number;
  let now: number;
  beforeEach(async () => {
    sinon.stub(Math, 'random').returns(0);
    status = 200;
    now = 0;
    google = await startFakeGoogle(({ path }) => ({
      status,
      body: { name: path.slice(4), projectId: `id-of-${path.split('/').at(-1)}`, state: 'ACTIVE' },
    }));
  });
  afterEach(async () => {
    sinon.restore();
    await google.stop();
  });
  const open = () => createProjectNumbers({ apiRoot: google.url, token: async () => 't', clock: { now: () => now } });

  it('become ids, with one look-up a number', async () => {
    const projectId = open();
    for (let i = 0; i < 3; i++) assert.equal(await projectId('123456789012'), 'id-of-123456789012');
    now = 86_400_000;
    assert.equal(await projectId('123456789012'), 'id-of-123456789012');
    assert.deepEqual(
      google.received.map((got) => got.path),
      ['/v3/projects/123456789012'],
    );
  });

  it('are never asked for when the project is an id already', async () => {
    assert.equal(await open()('shop-prod'), 'shop-prod');
    assert.equal(google.received.length, 0);
  });

  for (const refusal of [403, 404]) {
    it(`stay numbers when Google answers ${refusal}, and are asked for again after ten minutes`, async () => {
      status = refusal;
      const projectId = open();
      assert.equal(await projectId('42'), '42');
      assert.equal(await projectId('42'), '42');
      assert.equal(google.received.length, 1);
      status = 200;
      now = 600_001;
      assert.equal(await projectId('42'), 'id-of-42');
    });
  }

  it('fail as transient when Google is away, so that the event comes again', async () => {
    status = 503;
    await assert.rejects(open()('42'), { name: 'AppError', code: 'read-failed' });
  });
});
