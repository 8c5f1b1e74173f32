import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAlive, type SallyportProcess, startSallyport } from '../support/sallyport-process.ts';

describe('credentials in the environment: a fake key file and a recording proxy', () => {
  let proxy: Server;
  let folder: string;
  let env: Record<string, string>;
  let run: SallyportProcess | undefined;
  const recorded: string[] = [];

  before(async () => {
    proxy = createServer((request, response) => {
      recorded.push(`${request.method} ${request.url}`);
      response.writeHead(502).end();
    });
    proxy.on('connect', (request, socket) => {
      recorded.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    assert.ok(address !== null && typeof address === 'object');
    const url = `http://127.0.0.1:${address.port}`;
    folder = mkdtempSync(join(tmpdir(), 'sallyport-credentials-'));
    env = {
      ...Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, url])),
      NODE_USE_ENV_PROXY: '1',
      // Not even this machine is spared.
      NO_PROXY: '',
      no_proxy: '',
      GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'key.json'),
      GOOGLE_CLOUD_PROJECT: 'a-real-project',
    };
    writeFileSync(join(folder, 'key.json'), JSON.stringify(buildKey(`${url}/token`)));
  });
  after(() => {
    if (run && findAlive([run.pid]).length > 0) process.kill(-run.pid, 'SIGKILL');
    run?.forget();
    proxy.close();
    rmSync(folder, { recursive: true });
  });

  for (const [who, script] of Object.entries({
    'Google’s login library': `
      const { GoogleAuth } = await import('google-auth-library');
      await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getAccessToken();`,
    'a request to this machine': "await fetch('http://127.0.0.1:8089/');",
    'a request to Google': "await fetch('https://run.googleapis.com/');",
  })) {
    it(`are used by ${who} where nobody takes them away (control)`, async () => {
      recorded.length = 0;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: import.meta.dirname,
        env: { PATH: process.env['PATH'] ?? '', ...env },
        stdio: 'ignore',
      });
      await once(child, 'exit');
      assert.ok(recorded.length > 0);
    });
  }

  it('are never used by the story: it holds, and the proxy sees zero requests', async () => {
    recorded.length = 0;
    run = startSallyport(['start', '--once', '--json'], { env });
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 0, `${stderr}\n${stdout}`);
    assert.equal(JSON.parse(stdout).ok, true);
    assert.deepEqual(recorded, []);
  });
});

/** Of the form that Google's console hands out; nobody issued it. */
function buildKey(tokenUri: string): Record<string, string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    type: 'service_account',
    project_id: 'a-real-project',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: 'robot@a-real-project.iam.gserviceaccount.com',
    token_uri: tokenUri,
  };
}
