import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { daysLeft, type Exemption, tellDays } from '../functions/core/settings/review-exemptions.ts';
import { TerminalError } from '../functions/errors.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';
import { contractRules } from '../functions/rules/contract-rules.ts';
import { addExemption, type NewExemption, printExemption } from './exemption-file.ts';
import { readSettings } from './open-world.ts';
import { settingsOption, withExamples } from './options.ts';

interface ExemptOptions {
  readonly subject?: string;
  readonly reason?: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly write?: boolean;
  readonly list?: boolean;
  readonly settings?: string;
}

/** `sallyport exempt`: a finding that somebody has decided to live with until a day. */
export function exemptCommand(): Command {
  const command = new Command('exempt')
    .description('live with a finding until a day: prints what to put into the settings, or writes it')
    .argument('[rule]', 'id of the rule')
    .argument('[resource]', 'full resource name, as findings give it; * stands for any run of characters')
    .option('--subject <text>', 'only findings about this subject; * stands for any run of characters')
    .option('--reason <text>', 'why it is right to live with it')
    .option('--owner <name>', 'who answers for it')
    .option('--expires <day>', 'YYYY-MM-DD (UTC): the first day on which it no longer holds; a year at most')
    .option('--write', 'add it to the settings file; comments in it stay')
    .option('--list', 'list exemptions with the days they have left')
    .addOption(settingsOption())
    .action(exempt);
  return withExamples(
    command,
    "sallyport exempt run-url-bypass '//run.googleapis.com/projects/acme-legacy/locations/*/services/api' \\\n    --reason 'the old client still calls the run.app URL' --owner ann@acme.example --expires 2027-03-31 --write",
    'sallyport exempt --list',
  );
}

async function exempt(rule: string | undefined, resource: string | undefined, options: ExemptOptions): Promise<void> {
  const { exemptions } = await readSettings(options.settings || undefined);
  if (options.list) {
    process.stdout.write(exemptions.length === 0 ? printNone(options) : printList(exemptions, Date.now()));
    return;
  }
  const exemption = buildExemption(rule, resource, options);
  const same = exemptions.find((one) => isSame(one, exemption) && one.expiresAt > Date.now());
  if (same) {
    throw usage(
      `${same.rule} on ${same.resource} is exempt already, until ${same.expires} by ${same.owner}.`,
      'Change that entry in the settings file.',
    );
  }
  if (!options.write) {
    process.stdout.write(printExemption(exemption));
    return;
  }
  const path = options.settings || 'sallyport.yaml';
  addExemption(path, exemption);
  process.stdout.write(
    `Added to ${path}: ${escapeTerminal(exemption.rule)} is quiet there until ${exemption.expires}.\n`,
  );
}

function buildExemption(
  rule: string | undefined,
  resource: string | undefined,
  { subject, reason, owner, expires }: ExemptOptions,
): NewExemption {
  if (!rule || !resource) throw usage('An exemption needs a rule and a resource.', 'sallyport exempt --help');
  if (!contractRules.some(({ id }) => id === rule)) {
    throw usage(`There is no rule ${rule}.`, `Rules: ${contractRules.map(({ id }) => id).join(', ')}`);
  }
  if (!/^(\/\/[a-z]+\.googleapis\.com\/|\*)/.test(resource)) {
    throw usage(`${resource} is no full resource name.`, 'Copy "resource" from sallyport scan --format json.');
  }
  if (!reason?.trim() || !owner?.trim() || !expires) {
    throw usage(
      'An exemption needs a reason, an owner and an end.',
      'Add --reason "…", --owner … and --expires YYYY-MM-DD.',
    );
  }
  assertDay(expires, Date.now());
  return { rule, resource, ...(subject === undefined ? {} : { subject }), reason, owner, expires };
}

/** The furthest end: who decides must decide again at least once a year. */
const mostDays = 366;

function assertDay(expires: string, now: number): void {
  const expiresAt = Date.parse(`${expires}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(expires) && new Date(expiresAt || 0).toISOString().startsWith(expires);
  if (!isDay) throw usage(`${expires} is no day.`, 'Write it as YYYY-MM-DD.');
  const days = daysLeft({ expiresAt }, now);
  if (days <= 0)
    throw usage(`${expires} is over: the exemption would hold for nothing.`, 'Name a day that is to come.');
  if (days > mostDays) {
    const last = new Date(now + mostDays * 24 * 3_600_000).toISOString().slice(0, 10);
    throw usage(
      `${expires} is more than a year away.`,
      `Name a day up to ${last}: somebody should look again within a year.`,
    );
  }
}

function isSame(one: Exemption, { rule, resource, subject }: NewExemption): boolean {
  return one.rule === rule && one.resource === resource && one.subject === subject;
}

function printNone({ settings }: ExemptOptions): string {
  const file = settings || 'sallyport.yaml';
  return existsSync(file)
    ? `No exemptions in ${escapeTerminal(file)}.\n`
    : `No exemptions: there is no ${file} here.\n`;
}

function printList(exemptions: readonly Exemption[], now: number): string {
  return [...exemptions]
    .sort((a, b) => a.expiresAt - b.expiresAt)
    .map((one) => {
      const days = daysLeft(one, now);
      const left = days > 0 ? `${tellDays(days)} left` : `ended ${one.expires}`;
      const about = one.subject === undefined ? '' : ` (${one.subject})`;
      return escapeTerminal(
        `${one.expires}  ${left.padEnd(16)}  ${one.rule}  ${one.resource}${about}  ${one.owner}: ${one.reason}`,
      );
    })
    .map((line) => `${line}\n`)
    .join('');
}

function usage(message: string, hint: string): TerminalError {
  return new TerminalError('bad-usage', message, { hint });
}
