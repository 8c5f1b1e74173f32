import assert from 'node:assert/strict';
import { apiRoot, enterSandbox } from '../../../functions/adapters/api-root.ts';
import { TerminalError } from '../../../functions/errors.ts';

describe('where an API is reached', () => {
  it('is Google without a sandbox, and the environment stays as it is', () => {
    const env = { HTTPS_PROXY: 'http://proxy.example', GOOGLE_APPLICATION_CREDENTIALS: '/key.json' };
    assert.equal(apiRoot('cloudtasks', env), 'https://cloudtasks.googleapis.com');
    assert.equal(apiRoot('run', { ...env, SALLYPORT_SANDBOX_URL: '' }), 'https://run.googleapis.com');
    assert.equal(Object.keys(env).length, 2);
  });

  for (const url of ['http://127.0.0.1:8080', 'http://localhost:8080/', 'http://[::1]:8080']) {
    it(`is ${url} for every API when that is the sandbox`, () => {
      const env = { SALLYPORT_SANDBOX_URL: url };
      assert.equal(apiRoot('pubsub', env), url.replace(/\/$/, ''));
      assert.equal(apiRoot('compute', env), url.replace(/\/$/, ''));
    });
  }

  for (const url of [
    'http://10.0.0.1:80',
    'https://run.googleapis.com',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1@example.com/',
    'http://localhost.example.com',
    'file:///etc/passwd',
    'nonsense',
  ]) {
    it(`refuses ${url} as a sandbox`, () => {
      assert.throws(
        () => apiRoot('run', { SALLYPORT_SANDBOX_URL: url }),
        (error) => error instanceof TerminalError && error.code === 'sandbox-not-loopback',
      );
    });
  }

  it('refuses a metadata server that is not on this machine', () => {
    for (const host of ['metadata.google.internal', '169.254.169.254', 'http://example.com']) {
      assert.throws(
        () => enterSandbox({ SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1', GCE_METADATA_HOST: host }),
        (error) => error instanceof TerminalError && error.code === 'sandbox-not-loopback',
      );
    }
    assert.throws(() =>
      enterSandbox({ SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1', GCE_METADATA_IP: '169.254.169.254' }),
    );
    const env = { SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1', GCE_METADATA_HOST: '127.0.0.1:2' };
    assert.ok(enterSandbox(env));
    assert.equal(env.GCE_METADATA_HOST, '127.0.0.1:2');
  });

  it('takes credentials and proxies out of the environment, and nothing else', () => {
    const env: Record<string, string | undefined> = {
      SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1',
      GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
      GOOGLE_CLOUD_KEYFILE_JSON: '{}',
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '/token',
      https_proxy: 'http://proxy.example',
      HTTP_PROXY: 'http://proxy.example',
      all_proxy: 'http://proxy.example',
      GOOGLE_CLOUD_PROJECT: 'p',
      PATH: '/bin',
    };
    enterSandbox(env);
    assert.deepEqual(env, {
      SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1',
      GOOGLE_CLOUD_PROJECT: 'p',
      PATH: '/bin',
      GCE_METADATA_HOST: '127.0.0.1:1',
      CLOUDSDK_CONFIG: '/dev/null',
    });
  });
});
