import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startSallyport } from '../support/sallyport-process.ts';

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

async function run(command: string, ...args: readonly string[]) {
  const started = startSallyport([command, '--export', exportFolder, ...args]);
  return await started.ended.finally(() => started.forget());
}
