import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { enterSandbox } from '../functions/adapters/api-root.ts';
import { createGoogleAuth } from '../functions/adapters/google-auth.ts';
import { createGoogleClients } from '../functions/adapters/google-clients.ts';
import { isFirestore, openLedger } from '../functions/adapters/ledger/open-ledger.ts';
import type { Ledger } from '../functions/core/ledger.ts';
import { AppError } from '../functions/errors.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';
import { findAccountEmail } from './account-email.ts';
import type { DoctorContext } from './doctor/check.ts';
import { doctorChecks } from './doctor/checks.ts';
import { createDoctorClients } from './doctor/clients.ts';
import { examineAll, type Line } from './doctor/examine.ts';
import { exitCodes } from './exit-codes.ts';
import { readSettings } from './open-world.ts';
import { ledgerOption, parseProject, settingsOption, withExamples } from './options.ts';
import { withProgress } from './progress.ts';

interface DoctorOptions {
  readonly project: string;
  readonly ownProject?: string;
  readonly region: string;
  readonly format: 'table' | 'json';
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport doctor`: looks at everything that Sallyport needs, and says what to do; changes nothing. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'look at all that Sallyport needs: APIs, permissions, events, queue, schedule, ledger; changes nothing',
    )
    .requiredOption('--project <id>', 'a project that is watched', parseProject)
    .option('--own-project <id>', 'the project that Sallyport runs in (default: the same)', parseProject)
    .option('--region <region>', "region of Sallyport's functions", 'us-central1')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(doctor);
  return withExamples(
    command,
    'sallyport doctor --project acme-prod --own-project acme-ops --region europe-west1 --ledger firestore:sallyport',
  );
}

async function doctor(options: DoctorOptions): Promise<void> {
  const opened: { ledger?: Promise<Ledger> } = {};
  const context = buildContext(options, opened);
  try {
    const title = `looking at ${doctorChecks.length} things`;
    const lines = await withProgress(title, () => examineAll(doctorChecks, context));
    process.stdout.write(options.format === 'json' ? printJson(lines, options) : printTable(lines));
    process.exitCode = exitCodeOf(lines);
  } finally {
    const ledger = await opened.ledger?.catch(() => undefined);
    await ledger?.close();
  }
}

function buildContext(options: DoctorOptions, opened: { ledger?: Promise<Ledger> }): DoctorContext {
  const { project, ownProject = project, region, ledger: ledgerName } = options;
  // Before the sandbox, where there is one, takes every login out of this process.
  const account = findAccountEmail();
  enterSandbox();
  return {
    project,
    ownProject,
    region,
    ledgerName,
    clients: createDoctorClients(createGoogleClients()),
    settings: () => readSettings(options.settings),
    ledger() {
      opened.ledger ??= openKnownLedger(ledgerName, ownProject);
      return opened.ledger;
    },
    login: () => findLogin(account),
    clock: { now: () => Date.now() },
    nodeVersion: process.versions.node,
  };
}

/** A ledger that is not there is not made: an empty one would look like a Sallyport that has never run. */
async function openKnownLedger(name: string, ownProject: string): Promise<Ledger> {
  if (!isFirestore(name) && !existsSync(name)) {
    throw new AppError('ledger-failed', `There is no ledger ${name} on this machine.`, {
      hint: "Name the functions' ledger: --ledger firestore:sallyport",
    });
  }
  return openLedger(name, { env: { ...process.env, GOOGLE_CLOUD_PROJECT: ownProject } });
}

/** Whose token the clients send. A person's own file does not say who it is: gcloud's account stands for it. */
async function findLogin(account: string | undefined): Promise<string | undefined> {
  const auth = await createGoogleAuth();
  if (!(await auth.getAccessToken().catch(() => undefined))) return undefined;
  const credentials = await auth.getCredentials().catch(() => undefined);
  return credentials?.client_email ?? account ?? 'somebody whose name is not known here';
}

function exitCodeOf(lines: readonly Line[]): number {
  if (lines.some(({ status }) => status === 'unknown')) return exitCodes.unreadable;
  return lines.some(({ status }) => status === 'problem') ? exitCodes.findings : exitCodes.clean;
}

function printTable(lines: readonly Line[]): string {
  const marks = { ok: pc.green('✔'), problem: pc.red('✘'), unknown: pc.yellow('?') };
  const width = Math.max(...lines.map(({ id }) => id.length));
  const rows = lines.flatMap((line) => [
    `${marks[line.status]} ${line.id.padEnd(width)}  ${escapeTerminal(line.text)}`,
    ...(line.status === 'ok' ? [] : [`${' '.repeat(width + 4)}${pc.dim('→')} ${escapeTerminal(line.fix)}`]),
  ]);
  const count = (status: Line['status']) => lines.filter((line) => line.status === status).length;
  const problems = `${count('problem')} ${count('problem') === 1 ? 'problem' : 'problems'}`;
  return `${rows.join('\n')}\n\n${count('ok')} ok, ${problems}, ${count('unknown')} unknown\n`;
}

/** Schema `sallyport.doctor/v1`. */
function printJson(checks: readonly Line[], { project, ownProject = project, region }: DoctorOptions): string {
  return `${JSON.stringify({ schema: 'sallyport.doctor/v1', project, ownProject, region, checks }, null, 2)}\n`;
}
