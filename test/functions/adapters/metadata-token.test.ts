import assert from 'node:assert/strict';
import { readMetadata } from '../../../functions/adapters/metadata.ts';
import { createMetadataToken } from '../../../functions/adapters/metadata-token.ts';
import { startFakeGoogle } from '../../support/fake-google.ts';

describe('the access token', () => {
  it('is kept until 60 s before it expires', async () => {
    let now = 0;
    let reads = 0;
    const read = async () => JSON.stringify({ access_token: `t${++reads}`, expires_in: 3600, token_type: 'Bearer' });
    const token = createMetadataToken({ clock: { now: () => now }, read });
    assert.equal(await token(), 't1');
    now = 3_539_999;
    assert.equal(await token(), 't1');
    now = 3_540_000;
    assert.equal(await token(), 't2');
  });

  it('is asked for once, however many need it at the same time', async () => {
    let reads = 0;
    const read = async () => JSON.stringify({ access_token: `t${++reads}`, expires_in: 3600 });
    const token = createMetadataToken({ clock: { now: () => 0 }, read });
    assert.deepEqual(await Promise.all([token(), token(), token()]), ['t1', 't1', 't1']);
  });

  it('is asked for again after a failure, and a strange answer is a failure', async () => {
    const answers = ['<html>', '{"error":"x"}', '{"access_token":"t","expires_in":3600}'];
    const token = createMetadataToken({ clock: { now: () => 0 }, read: async () => answers.shift() ?? '' });
    await assert.rejects(token(), { code: 'metadata-failed' });
    await assert.rejects(token(), { code: 'metadata-failed' });
    assert.equal(await token(), 't');
  });
});

describe('the metadata server', () => {
  it('is where GCE_METADATA_HOST says, and is asked with the header that it wants', async () => {
    const google = await startFakeGoogle();
    const before = process.env['GCE_METADATA_HOST'];
    process.env['GCE_METADATA_HOST'] = google.host;
    try {
      await readMetadata('project/project-id');
    } finally {
      if (before === undefined) delete process.env['GCE_METADATA_HOST'];
      else process.env['GCE_METADATA_HOST'] = before;
      await google.stop();
    }
    assert.equal(google.received[0]?.path, '/computeMetadata/v1/project/project-id');
    assert.equal(google.received[0]?.headers['metadata-flavor'], 'Google');
  });
});
