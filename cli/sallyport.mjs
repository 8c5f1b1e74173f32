#!/usr/bin/env node
// The door to the command line in plain JavaScript that any Node can read: it sends the work to a Node that runs
// TypeScript (this one, or the one that `npm ci` installed), or says in one sentence what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('./main.ts', import.meta.url));
// A packed tarball brings no TypeScript, because Node refuses it below node_modules.
const isPacked = !existsSync(source);
const command = isPacked ? fileURLToPath(new URL('../dist/cli/main.mjs', import.meta.url)) : source;
const installed = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const stripsTypes = major >= 24 || (major === 22 && minor >= 18) || (major === 23 && minor >= 6);
const isNewEnough = isPacked ? major > 22 || (major === 22 && minor >= 13) : stripsTypes;

if (isNewEnough) {
  await import(command);
} else if (existsSync(installed)) {
  const child = spawn(installed, ['--disable-warning=ExperimentalWarning', command, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
} else {
  console.error(
    `sallyport needs Node ${isPacked ? '22.13' : '22.18'} or later, and this is Node ${process.versions.node}: ${isPacked ? 'use a newer Node' : 'run npm ci here first, or use a newer Node'}.`,
  );
  process.exit(2);
}
