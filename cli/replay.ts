import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { apiRoot } from '../functions/adapters/api-root.ts';
import {
  createDeadLetterSubscription,
  type DeadLetterSubscription,
  type HeldLetter,
} from '../functions/adapters/dead-letter-subscription.ts';
import { createGoogleAuth } from '../functions/adapters/google-auth.ts';
import { createGoogleClients } from '../functions/adapters/google-clients.ts';
import { createProjectNumbers } from '../functions/adapters/project-numbers.ts';
import { realTiming } from '../functions/adapters/retry-timing.ts';
import type { World } from '../functions/core/world.ts';
import { findProjectInScope } from '../functions/entrypoints/find-project-in-scope.ts';
import { TerminalError } from '../functions/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { openWorld } from './open-world.ts';
import { ledgerOption, parseCount, settingsOption, withExamples } from './options.ts';
import { printLetters } from './print-letters.ts';
import { type Replayed, replayProject } from './replay-project.ts';

interface ReplayOptions {
  readonly subscription: string;
  readonly limit: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly dropUnusable?: boolean;
  readonly format: 'table' | 'json';
  readonly settings?: string;
  readonly ledger: string;
}

/** Letters of one project that a run can look at. */
interface Group {
  readonly project: string;
  readonly letters: readonly HeldLetter[];
}

interface Sorted {
  readonly groups: readonly Group[];
  /** No project, or one out of scope: no run comes of them. */
  readonly unusable: readonly HeldLetter[];
}

/** `sallyport replay`: works dead letters off, one run a project; a letter goes only when its project's run succeeded. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('show the dead letters, look at their projects again, and take off what is done')
    .requiredOption('--subscription <name>', 'projects/P/subscriptions/S of the dead-letter topic')
    .option('--limit <count>', 'take at most this many letters', parseCount, 1000)
    .option('-y, --yes', 'do not ask; the limits of the settings hold')
    .option('--dry-run', 'show letters and what would be changed; write nothing, take nothing off')
    .option('--drop-unusable', 'also take off letters that name no project in scope: nothing can come of them')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(replay);
  return withExamples(
    command,
    'sallyport replay --subscription projects/acme-ops/subscriptions/sallyport-dead-letters --dry-run',
    'sallyport replay --subscription projects/acme-ops/subscriptions/sallyport-dead-letters --yes',
  );
}

async function replay(options: ReplayOptions): Promise<void> {
  const ownProject = parseSubscription(options);
  const world = await openWorld(options);
  const { subscription } = options;
  const letters = createDeadLetterSubscription({ subscription, clients: createGoogleClients(), timing: realTiming });
  const held = new Set<HeldLetter>();
  const say = (line: string) => {
    if (options.format === 'table') process.stdout.write(`${line}\n`);
  };
  try {
    for (const one of await letters.pull(options.limit)) held.add(one);
    const sorted = await sort([...held], ownProject, world);
    show(sorted, world.clock.now(), say);
    const done = (await confirm(sorted, options)) ? await work(sorted, options, { world, letters, held, say }) : [];
    if (held.size > 0) say(`${count(held.size)} left in ${subscription}.`);
    else if (done.length > 0) say('No letter is left of these.');
    if (options.format === 'json') process.stdout.write(`${printJson(options, sorted, done, held)}\n`);
    process.exitCode = exitCodeOf(done, sorted, options);
  } finally {
    // What stays is free at once for whoever comes next, not in ten minutes.
    await letters.giveBack([...held]).finally(() => world.ledger.close());
  }
}

function parseSubscription({ subscription, yes, dryRun, format }: ReplayOptions): string {
  const project = /^projects\/([a-z0-9.:-]+)\/subscriptions\/[A-Za-z][\w.~+%-]+$/.exec(subscription)?.[1];
  if (project === undefined) {
    throw new TerminalError('bad-usage', `${subscription} is no name of a subscription.`, {
      hint: 'Write it as projects/P/subscriptions/S; Terraform names it sallyport-dead-letters.',
    });
  }
  if (!yes && !dryRun && (!process.stdin.isTTY || format === 'json')) {
    throw new TerminalError('bad-usage', 'replay asks before it writes, and there is nobody to ask.', {
      hint: 'Add --yes to write without being asked, or --dry-run to look.',
    });
  }
  return project;
}

async function sort(all: readonly HeldLetter[], ownProject: string, { settings, clock }: World): Promise<Sorted> {
  const token = async () => (await (await createGoogleAuth()).getAccessToken()) ?? '';
  const projectId = createProjectNumbers({ apiRoot: apiRoot('cloudresourcemanager'), token, clock });
  const deps = { settings, ownProject: { id: ownProject, number: undefined }, projectId };
  const groups = new Map<string, HeldLetter[]>();
  const unusable: HeldLetter[] = [];
  for (const one of all) {
    const named = one.letter.project;
    const project = named === undefined ? undefined : await findProjectInScope(await projectId(named), deps);
    if (project === undefined) unusable.push(one);
    else groups.set(project, [...(groups.get(project) ?? []), one]);
  }
  return { groups: [...groups].map(([project, letters]) => ({ project, letters })), unusable };
}

function show({ groups, unusable }: Sorted, now: number, say: (line: string) => void): void {
  if (groups.length === 0 && unusable.length === 0) say('No dead letters wait.');
  for (const { project, letters } of groups) say(printLetters(project, letters, now));
  if (unusable.length === 0) return;
  say(printLetters('no project in scope', unusable, now));
  say('  No run can come of these; --drop-unusable takes them off.');
}

async function confirm({ groups, unusable }: Sorted, options: ReplayOptions): Promise<boolean> {
  if (groups.length === 0 && !(options.dropUnusable && unusable.length > 0)) return false;
  if (options.yes || options.dryRun) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const projects = groups.length === 1 ? '1 project' : `${groups.length} projects`;
  try {
    const answer = await terminal.question(`Look at ${projects} again, and fix what may be enforced? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

interface Work {
  readonly world: World;
  readonly letters: DeadLetterSubscription;
  /** Those that are not taken off yet. */
  readonly held: Set<HeldLetter>;
  readonly say: (line: string) => void;
}

async function work({ groups, unusable }: Sorted, options: ReplayOptions, deps: Work): Promise<readonly Replayed[]> {
  const { world, letters, held, say } = deps;
  const takeOff = async (some: readonly HeldLetter[]) => {
    if (options.dryRun || some.length === 0) return;
    await letters.acknowledge(some);
    for (const one of some) held.delete(one);
  };
  const done: Replayed[] = [];
  for (const { project, letters: own } of groups) {
    // Runs before this one may have taken their time.
    if (done.length > 0) await letters.hold([...held]);
    const replayed = await replayProject(project, { world, dryRun: options.dryRun === true, say });
    done.push(replayed);
    if (replayed.isDone) await takeOff(own);
  }
  if (options.dropUnusable) await takeOff(unusable);
  if (options.dryRun) say(pc.dim('Dry run: nothing was written, and no letter was taken off.'));
  return done;
}

function exitCodeOf(done: readonly Replayed[], { unusable }: Sorted, { dropUnusable }: ReplayOptions): number {
  if (done.some(({ isDone }) => !isDone)) return exitCodes.unreadable;
  return unusable.length > 0 && !dropUnusable ? exitCodes.findings : exitCodes.clean;
}

/** Schema `sallyport.replay/v1`. */
function printJson(
  { subscription }: ReplayOptions,
  { groups, unusable }: Sorted,
  done: readonly Replayed[],
  held: ReadonlySet<HeldLetter>,
): string {
  const rows = [...groups, { project: null, letters: unusable }];
  const letters = rows.flatMap(({ project, letters: some }) =>
    some.map((one) => ({
      ...one.letter,
      project,
      messageId: one.messageId,
      publishedAt: new Date(one.publishedAt).toISOString(),
      takenOff: !held.has(one),
    })),
  );
  return JSON.stringify({ schema: 'sallyport.replay/v1', subscription, letters, projects: done }, null, 2);
}

function count(letters: number): string {
  return letters === 1 ? '1 letter is' : `${letters} letters are`;
}
