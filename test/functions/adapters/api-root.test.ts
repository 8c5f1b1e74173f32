import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { apiRoot, enterSandbox } from '../../../functions/adapters/api-root.ts';
import { TerminalError } from '../../../functions/errors.ts';
import { startFakeGoogle } from '../../support/fake-google.ts';

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

  it('keeps fetch and http.request off a proxy that Node took up when it started', async () => {
    const [proxy, sandbox] = await Promise.all([startFakeGoogle(), startFakeGoogle()]);
    const code = `
      const { enterSandbox } = await import(${JSON.stringify(new URL('../../../functions/adapters/api-root.ts', import.meta.url))});
      const { get } = await import('node:http');
      const url = enterSandbox();
      await fetch(url + '/fetch');
      await new Promise((done, fail) => get(url + '/http', (reply) => reply.resume().on('end', done)).on('error', fail));`;
    const env = {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: proxy.url,
      http_proxy: proxy.url,
      SALLYPORT_SANDBOX_URL: sandbox.url,
    };
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env, timeout: 10_000 });
    await Promise.all([proxy.stop(), sandbox.stop()]);
    assert.deepEqual(proxy.received, []);
    assert.deepEqual(
      sandbox.received.map((request) => request.path),
      ['/fetch', '/http'],
    );
  });
});
