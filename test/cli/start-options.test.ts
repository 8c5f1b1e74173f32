import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Runs the command as a person does; one that does not end by itself is a failure. */
function sallyport(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['cli/sallyport.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 15_000,
  });
  return { status, stderr };
}

describe('--project', () => {
  for (const command of ['fix', 'scan', 'explain shop']) {
    it(`of ${command} takes no empty name, as of a variable that is not set`, () => {
      const { status, stderr } = sallyport(...command.split(' '), '--project', '');
      assert.equal(status, 2, stderr);
      assert.match(stderr, /It takes the id or the number of a project/);
    });
  }
});

describe('start and sandbox', () => {
  for (const command of ['start', 'sandbox']) {
    for (const option of ['--port', '--front-door-port']) {
      it(`${command} ${option} says that the port is in use, before anything starts`, async () => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        const { status, stderr } = sallyport(command, option, String(port));
        await new Promise((resolve) => server.close(resolve));
        assert.equal(status, 2, stderr);
        assert.match(stderr, new RegExp(`^sallyport: Port ${port} is in use by another program. \\[bad-usage\\]`));
        assert.match(stderr, new RegExp(`Choose another ${option}`));
      });
    }
  }

  it('takes no port beyond 65535, and no empty or inexact seed', () => {
    for (const [option, value] of [
      ['--port', '65536'],
      ['--seed', ''],
      ['--seed', '9007199254740993'],
      ['--seed', '1.5'],
    ] as const) {
      const { status, stderr } = sallyport('start', option, value);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /argument '.*' is invalid/);
    }
  });

  it('says that the request log cannot be written', () => {
    const { status, stderr } = sallyport('start', '--log', '/nowhere/at/all.ndjson');
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^sallyport: The request log \/nowhere\/at\/all.ndjson cannot be written \(ENOENT\)/);
  });

  it('ends without a word when nobody reads on, as in start | head -1', async () => {
    const child = spawn(process.execPath, ['cli/sallyport.mjs', 'start', '--once', '--break', 'grant'], { cwd: root });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    assert.deepEqual(await once(child, 'close'), [141, null]);
    assert.equal(stderr, '');
  }).timeout(30_000);

  it('refuses one port for both', () => {
    const { status, stderr } = sallyport('sandbox', '--port', '18001', '--front-door-port', '18001');
    assert.equal(status, 2, stderr);
  });

  it('sandbox takes --iap for --iam', () => {
    assert.match(sallyport('sandbox', '--iap', '2020').stderr, /Allowed choices are today, 2021/);
  });
});
