import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * A real browser that reaches nothing but files and this machine; undefined, with a notice, where none is installed
 * (`apt-get install chromium`).
 */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = paths.find((path) => existsSync(path));
  if (!executablePath) {
    console.log('    (skipped: no Chromium in /usr/bin; apt-get install chromium)');
    return undefined;
  }
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
