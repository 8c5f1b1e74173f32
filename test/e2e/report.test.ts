import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { openStage } from '../../cli/story/stage.ts';
import { openBrowser } from '../support/browser.ts';
import { startSallyport } from '../support/sallyport-process.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const exportFolder = join(import.meta.dirname, '../fixtures/scan/ingress/estate.ndjson');

describe('the compliance report in a browser, with the network blocked', () => {
  let browser: Browser | undefined;
  let folder: string;
  before(async () => {
    browser = await openBrowser();
    folder = mkdtempSync(join(tmpdir(), 'sallyport-report-'));
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it('reads without a console error, asks nothing of the network, and has the numbers of the scan', async function () {
    if (!browser) return this.skip();
    const out = join(folder, 'one');
    const [scanned, written] = [await run('scan', '--format', 'json'), await run('report', '--out', out)];
    const { summary, findings } = JSON.parse(scanned.stdout);
    assert.match(written.stdout, /report\.html/);
    const page = await browser.newPage();
    const heard: string[] = [];
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) heard.push(request.url());
    });
    await page.goto(pathToFileURL(join(out, 'report.html')).href);
    assert.deepEqual(heard, []);
    const tiles = await page.locator('.tile b').allTextContents();
    assert.equal(tiles[0], `${summary.compliantAccessPaths} / ${summary.accessPaths}`);
    assert.equal(tiles[1], String(summary.findings.critical + summary.findings.high));
    assert.equal(await page.locator('.finding').count(), findings.length);
    assert.deepEqual(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).scan, JSON.parse(scanned.stdout));
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    assert.ok(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === '%PDF-');
    await page.close();
  });

  it('is written over nothing that is there', async () => {
    const out = join(folder, 'two');
    assert.notEqual((await run('report', '--out', out)).code, 2);
    const second = await run('report', '--out', out);
    assert.equal(second.code, 2);
    assert.match(second.stderr, /not empty/);
  });
});

describe('the compliance report of a live project that the functions watch', () => {
  it('says exactly what the scan of the same moment says: who caused what, and what is exempt, too', async () => {
    const exempt = { rule: 'direct-invoker', resource: '*', reason: 'r', owner: 'o', expires: '2040-01-01' };
    const stage = await openStage({ settings: { exemptions: [exempt], modes: { '*': 'observe' } } });
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-report-live-'));
    try {
      const { estate, sandbox } = stage;
      const { projectId, regions, service } = estate;
      await stage.admin.switchIapOn();
      const path = `/v1/projects/${projectId}/locations/${regions[0]}/services/${service}:setIamPolicy`;
      const bindings = [{ role: 'roles/run.invoker', members: ['allUsers', 'user:bob@example.com'] }];
      const changed = await fetch(`${sandbox.url}${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer story-admin', 'content-type': 'application/json' },
        body: JSON.stringify({ policy: { bindings } }),
      });
      assert.equal(changed.status, 200);
      await stage.deployment.idle();
      const env = { ...process.env, ...stage.cliEnv, SALLYPORT_SETTINGS: stage.deployment.settingsFile, NO_COLOR: '1' };
      const cli = (...args: readonly string[]) =>
        new Promise<string>((resolve) => {
          execFile(process.execPath, [main, ...args], { cwd: folder, env }, (_error, stdout) => resolve(stdout));
        });
      const scanned = JSON.parse(await cli('scan', '--project', projectId, '--format', 'json'));
      const written = await cli('report', '--project', projectId, '--out', 'out');
      assert.match(written, /\n0 of 2 access paths compliant, \d+ findings, 1 exempt, 0 unreadable\n$/);
      const report = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8'));
      assert.deepEqual(report.scan, scanned);
      assert.ok(scanned.findings.some(({ actor }: { actor?: string }) => actor === 'admin@example.com'));
    } finally {
      await stage.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

async function run(command: string, ...args: readonly string[]) {
  const started = startSallyport([command, '--export', exportFolder, ...args]);
  return await started.ended.finally(() => started.forget());
}
