import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import pc from 'picocolors';
import { checkOwnWrite } from '../functions/core/check-own-write.ts';
import { reconcile } from '../functions/core/reconcile.ts';
import { TerminalError } from '../functions/errors.ts';
import { type Decision, keysOf } from '../functions/events/keys-of.ts';
import { assertInScope, openWorld } from './open-world.ts';
import { ledgerOption, settingsOption, withExamples } from './options.ts';
import { printChange, printLeft, printRefused } from './print-plan.ts';
import { withProgress } from './progress.ts';
import { buildRunId } from './run-id.ts';

interface ReceiveOptions {
  readonly run?: boolean;
  readonly dryRun?: boolean;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport receive`: replays a saved event through the same code as the functions. */
export function receiveCommand(): Command {
  const command = new Command('receive')
    .description('say what a saved event leads to, and with --run do it as the functions would')
    .argument('<event.json>', 'a log entry, a CloudEvent or a Pub/Sub message; - for standard input')
    .option('--run', 'reconcile the project (live): grants that may be enforced are written')
    .option('--dry-run', 'with --run: write nothing')
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(receive);
  return withExamples(
    command,
    'sallyport receive event.json',
    'gcloud logging read … --format=json | sallyport receive -',
  );
}

async function receive(file: string, options: ReceiveOptions): Promise<void> {
  const decision = keysOf(await readEvent(file), { ownPrincipal: process.env['SALLYPORT_PRINCIPAL'] });
  process.stdout.write(`${printDecision(decision)}\n`);
  if (decision.kind === 'unusable') throw new TerminalError(decision.code, decision.why);
  if (options.run && (decision.kind === 'reconcile' || decision.kind === 'own-write')) await run(decision, options);
}

async function readEvent(file: string): Promise<unknown> {
  const text = await (file === '-' ? readStdin() : readFile(file, 'utf8')).catch((cause: NodeJS.ErrnoException) => {
    throw new TerminalError('bad-usage', `${file} cannot be read (${cause.code}).`, { cause });
  });
  try {
    const value: unknown = JSON.parse(text);
    // `gcloud logging read --format=json` prints a list, also of one.
    return Array.isArray(value) && value.length === 1 ? value[0] : value;
  } catch (cause) {
    throw new TerminalError('event-unusable', `${file} is not JSON.`, { cause });
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function printDecision(decision: Decision): string {
  const rows = [
    ['decision', pc.bold(decision.kind)],
    ['why', decision.why],
    ['project', decision.project],
    ['resource', decision.resource],
    ['method', decision.method],
    ['actor', decision.actor],
    ['event', decision.eventId ?? decision.insertId],
  ];
  return rows
    .flatMap(([name, value]) => (value ? [`${String(name).padEnd(9)} ${JSON.stringify(value).slice(1, -1)}`] : []))
    .join('\n');
}

async function run(
  decision: Extract<Decision, { kind: 'reconcile' | 'own-write' }>,
  options: ReceiveOptions,
): Promise<void> {
  const world = await openWorld(options);
  try {
    assertInScope(decision.project, world.settings);
    const { project, eventId, actor } = decision;
    const facts = { ...(eventId ? { eventId } : {}), ...(actor ? { actor } : {}) };
    const runId = buildRunId('receive');
    if (decision.kind === 'own-write') {
      const verdict = await checkOwnWrite(
        { project, resource: decision.resource, etag: decision.etag, runId, ...facts },
        world,
      );
      process.stdout.write(
        `${verdict === 'own' ? 'Our own write: nothing to do.' : 'Not in the ledger: somebody else uses our principal.'}\n`,
      );
      if (verdict === 'own') return;
    }
    const result = await withProgress(`reconciling ${project}`, () =>
      reconcile({ project, reason: 'event', runId, ...facts, ...hintsOf(decision) }, world),
    );
    for (const change of result.changes) process.stdout.write(`${printChange(change)}\n`);
    for (const id of result.refusedClientIds) process.stdout.write(`${printRefused(id)}\n`);
    for (const one of result.left) process.stdout.write(`${printLeft(one)}\n`);
    process.stdout.write(
      `outcome   ${pc.bold(result.outcome)}${options.dryRun ? ' (dry run: nothing was written)' : ''}\n`,
    );
  } finally {
    await world.ledger.close();
  }
}

/** What the event was about, as its task would say. */
function hintsOf(decision: Decision): { readonly resource?: string; readonly method?: string } {
  return decision.kind === 'reconcile' ? { resource: decision.resource, method: decision.method } : {};
}
