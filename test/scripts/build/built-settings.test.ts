import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from '../../../scripts/build/build-functions.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the settings of a built function', function () {
  this.timeout(60_000);
  const outDir = mkdtempSync(join(tmpdir(), 'sallyport-built-settings-'));
  let folder: string;

  before(async () => {
    const [built] = await buildFunctions({ root, outDir, names: ['sweep'] });
    assert.ok(built);
    folder = built.folder;
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });

  after(() => rmSync(outDir, { recursive: true, force: true }));

  for (const [form, text] of [
    ['JSON, as Terraform writes it', '{"modes": {"*": "observe"}}'],
    ['YAML, as people write it', 'modes:\n  "*": observe\n'],
  ] as const) {
    it(`are read as ${form}`, async () => {
      assert.deepEqual(await readSettings(text), []);
    });
  }

  for (const [form, text, place] of [
    ['JSON', '{"modes": {"*": "warn"}}', '1:17'],
    ['YAML', 'modes:\n  "*": warn\n', '2:8'],
  ] as const) {
    it(`are told with line and column when they are wrong in ${form}`, async () => {
      const [problem] = await readSettings(text);
      assert.match(problem ?? '', new RegExp(`^bad-settings .*settings\\.yaml:${place}: modes`));
    });
  }

  /** What stops the function before it can do anything: code and message, or nothing. */
  async function readSettings(text: string): Promise<readonly string[]> {
    const file = join(outDir, 'settings.yaml');
    writeFileSync(file, text);
    const lines = await runToFirstAnswer(file);
    return lines
      .filter((line) => line.includes('sweep cannot start'))
      .map((line) => {
        const { error } = JSON.parse(line);
        return `${error.code} ${error.message}`;
      });
  }

  async function runToFirstAnswer(settings: string): Promise<readonly string[]> {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const child = spawn(process.execPath, ['node_modules/.bin/functions-framework'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        FUNCTION_TARGET: 'sweep',
        GOOGLE_CLOUD_PROJECT: 'acme-ops',
        SALLYPORT_SETTINGS: settings,
        SALLYPORT_LEDGER: join(outDir, 'ledger.db'),
        // Nobody is there; it only says that this is no cloud.
        GCE_METADATA_HOST: '127.0.0.1:9',
      },
    });
    let output = '';
    const ended = new Promise((resolve) => child.once('close', resolve));
    const isServing = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        output += chunk;
        if (output.includes('URL:')) resolve();
      });
    });
    try {
      await Promise.race([isServing, ended]);
      await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: '{"step":"plan"}',
        headers: { 'content-type': 'application/json' },
      });
    } finally {
      child.kill();
      await ended;
    }
    return output.split('\n');
  }
});
