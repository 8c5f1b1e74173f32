import assert from 'node:assert/strict';
import { replyToPress } from '../../../../functions/adapters/slack/reply-to-press.ts';
import { startFakeGoogle } from '../../../support/fake-google.ts';

describe('a reply to who pressed', () => {
  const sandbox = { SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:9' };

  it('is seen by that person only, and replaces nothing', async () => {
    const hooks = await startFakeGoogle();
    await replyToPress(`${hooks.url}/actions/x`, 'no', sandbox);
    assert.deepEqual(hooks.received[0]?.body, { response_type: 'ephemeral', replace_original: false, text: 'no' });
    await hooks.stop();
  });

  // An address that a request brings with it is an address that somebody may have chosen.
  for (const url of [
    'http://hooks.slack.com/actions/x',
    'https://hooks.slack.com.evil.example/x',
    'https://hooks.slack.com@evil.example/x',
    'https://user:word@hooks.slack.com/x',
    'https://hooks.slack.com:8443/x',
    'http://169.254.169.254/computeMetadata/v1/',
    'http://127.0.0.1:8080/',
    'file:///etc/passwd',
    'x',
  ]) {
    it(`goes to Slack's host only: not to ${url}`, async () => {
      await assert.rejects(replyToPress(url, 'no', {}), { code: 'slack-refused' });
    });
  }

  it('stays on this machine in a sandbox run', async () => {
    await assert.rejects(replyToPress('https://hooks.slack.com/x', 'no', sandbox), { code: 'sandbox-not-loopback' });
  });
});
