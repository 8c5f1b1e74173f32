import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startFunction } from '../../sandbox/functions-host.ts';

const sourceFile = fileURLToPath(import.meta.resolve('../fixtures/functions/echo.ts'));
const echo = { target: 'echo', sourceFile, signatureType: 'http' } as const;

describe('the functions host', () => {
  it('runs a TypeScript function on the Functions Framework with an environment built from scratch', async () => {
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = '/tmp/key.json';
    process.env['https_proxy'] = 'http://127.0.0.1:9';
    const lines: Readonly<Record<string, unknown>>[] = [];
    const running = await startFunction({
      ...echo,
      env: { GCE_METADATA_HOST: '127.0.0.1:1' },
      onLog: (line) => lines.push(line),
    });
    try {
      const answer = await fetch(`${running.url}/hello`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":1}',
      });
      const { env, body } = parseEcho(await answer.json());
      assert.deepEqual(body, { a: 1 });
      assert.equal(env['GCE_METADATA_HOST'], '127.0.0.1:1');
      assert.equal(env['K_SERVICE'], 'echo');
      assert.notEqual(env['HOME'], process.env['HOME']);
      const inherited = Object.keys(env).filter((name) => /GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK|proxy/i.test(name));
      assert.deepEqual(inherited, []);
      assert.deepEqual(lines, [{ severity: 'INFO', message: 'called', path: '/hello' }]);
    } finally {
      delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
      delete process.env['https_proxy'];
      await running.stop();
    }
    assert.deepEqual((await running.exited).signal ?? (await running.exited).code, 0);
  });

  it('refuses credentials and proxies in the environment it is given', async () => {
    for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_CORE_PROJECT', 'HTTPS_PROXY', 'no_proxy']) {
      await assert.rejects(startFunction({ ...echo, env: { [name]: 'x' } }), new RegExp(name));
    }
  });

  it('can be reached from this machine only', async function () {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each && !each.internal && each.family === 'IPv4');
    if (!outside) return this.skip();
    const running = await startFunction(echo);
    await assert.rejects(fetch(`http://${outside.address}:${running.port}/`));
    await running.stop();
  });

  it('reaches this machine only, whatever its clients ask for', async () => {
    const running = await startFunction(echo);
    const ask = async (url: string) => (await fetch(`${running.url}/ask?url=${encodeURIComponent(url)}`)).json();
    assert.deepEqual(await ask(`${running.url}/x`), { asked: 200 });
    for (const url of ['http://192.0.2.1/', 'https://192.0.2.1/', 'https://storage.googleapis.com/']) {
      assert.match(JSON.stringify(await ask(url)), /a sandbox run may only reach this machine/);
    }
    await running.stop();
  });

  it('comes back on the same port after it was killed', async () => {
    const first = await startFunction(echo);
    await first.kill();
    await assert.rejects(fetch(first.url));
    const second = await startFunction({ ...echo, port: first.port });
    assert.equal(second.url, first.url);
    assert.equal((await fetch(second.url)).status, 200);
    await second.stop();
  });

  it('says why when the function cannot be loaded', async () => {
    await assert.rejects(
      startFunction({ ...echo, target: 'nobody' }),
      /function nobody did not start: Function 'nobody' is not defined/,
    );
  });

  it('leaves no process and no folder behind when its parent dies', async function () {
    if (process.platform !== 'linux') return this.skip();
    const script = `
      const { startFunction } = await import(${JSON.stringify(import.meta.resolve('../../sandbox/functions-host.ts'))});
      const running = await startFunction(${JSON.stringify(echo)});
      console.log(running.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (data) => resolve(Number(String(data)))),
    );
    assert.ok(isAlive(pid));
    const home = readlinkSync(`/proc/${pid}/cwd`);
    parent.kill('SIGKILL');
    for (let tries = 0; tries < 100 && isAlive(pid); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isAlive(pid), false);
    assert.equal(existsSync(home), false);
  });
});

function parseEcho(value: unknown): { env: Record<string, string>; body: unknown } {
  return value as { env: Record<string, string>; body: unknown };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return false;
    throw cause;
  }
}
