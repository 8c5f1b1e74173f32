import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import pc from 'picocolors';
import { decideApproval } from '../functions/core/approval/decide-approval.ts';
import { findApprovalByPrefix } from '../functions/core/approval/find-approval.ts';
import type { Approval, Decided } from '../functions/core/people.ts';
import type { World } from '../functions/core/world.ts';
import { TerminalError } from '../functions/errors.ts';
import { findAccountEmail } from './account-email.ts';
import { actOnApproval, assertCanApply, type WhatFollows } from './act-on-approval.ts';
import { openWorld } from './open-world.ts';
import { ledgerOption, settingsOption, withExamples } from './options.ts';
import { printApproval, printApprovals, printApprovalsJson } from './print-approval.ts';

interface ApproveOptions extends WhatFollows {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly reject?: boolean;
  readonly why?: string;
  readonly by?: string;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport approve`: lists the questions that wait, and answers one. */
export function approveCommand(): Command {
  const command = new Command('approve')
    .description('list the changes that wait for a yes, and answer one list')
    .argument('[question]', 'id of the question, or as much of its beginning as is clear')
    .option('-y, --yes', 'do not ask again')
    .option('--reject', 'say no: it is not asked again for 24 h')
    .option('--why <text>', 'with --reject: reason, for the ledger')
    .option('--by <name>', "who answers (default: gcloud's account)")
    .option('--apply', 'with a yes: make the changes now, with your own login')
    .option('--json', 'print questions as JSON and answer none')
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(approve);
  return withExamples(
    command,
    'sallyport approve',
    'sallyport approve 3f2a',
    'sallyport approve 3f2a --reject --why "needed until Friday"',
  );
}

async function approve(prefix: string | undefined, options: ApproveOptions): Promise<void> {
  assertUsage(prefix, options);
  // Before the sandbox, where there is one, takes every login out of this process.
  const by = options.by?.trim() || findAccountEmail();
  const world = await openWorld(options);
  try {
    if (prefix === undefined) await list(options, world);
    else await answer(await findApprovalByPrefix(prefix, world.ledger), by, options, world);
  } finally {
    await world.ledger.close();
  }
}

function assertUsage(prefix: string | undefined, { yes, reject, why, apply, json }: ApproveOptions): void {
  const hint = 'sallyport approve --help shows the ways to answer.';
  const refuse = (message: string): never => {
    throw new TerminalError('bad-usage', message, { hint });
  };
  if (prefix === undefined && (yes || reject || apply)) refuse('An answer needs the id of a question.');
  if (json && (yes || reject || apply)) refuse('--json prints questions and answers none.');
  if (reject && (yes || apply)) refuse('--reject is a no: it goes with neither --yes nor --apply.');
  if (why !== undefined && !reject) refuse('--why is the reason of a --reject.');
  if (prefix !== undefined && !yes && !reject && !json && !process.stdin.isTTY)
    refuse('approve asks before it says yes, and there is no terminal to ask on: add --yes or --reject.');
}

async function list({ json, ledger: name }: ApproveOptions, { ledger, clock }: World): Promise<void> {
  const now = clock.now();
  const waiting = (await ledger.approvals({ state: 'waiting' })).filter(({ expiresAt }) => now < expiresAt);
  if (json) process.stdout.write(`${printApprovalsJson(waiting)}\n`);
  else if (waiting.length === 0) process.stdout.write(`No question waits in ${name}.\n`);
  else
    process.stdout.write(
      `${printApprovals(waiting, now)}\n\nsallyport approve ID answers one; all of its lines or none.\n`,
    );
}

async function answer(asked: Approval, by: string | undefined, options: ApproveOptions, world: World): Promise<void> {
  const { json, reject = false, why } = options;
  if (json) {
    process.stdout.write(`${printApprovalsJson([asked])}\n`);
    return;
  }
  process.stdout.write(`${printApproval(asked, world.clock.now())}\n`);
  if (asked.state !== 'waiting') await refuse(asked, overAs(asked), world);
  if (!by) {
    throw new TerminalError('bad-usage', 'Nobody is known who could have answered: gcloud has no account here.', {
      hint: 'Add --by you@example.com, or log in: gcloud auth login',
    });
  }
  assertCanApply(asked, options, world);
  if (!reject && !(await confirm(asked, options))) {
    process.stdout.write('Nothing was decided.\n');
    return;
  }
  const { id: approvalId, planHash } = asked;
  const said = { approvalId, planHash, approved: !reject, by, ...(why ? { why } : {}) };
  const { outcome, approval = asked } = await decideApproval(said, world);
  if (outcome !== 'decided') await refuse(approval, outcome, world);
  process.stdout.write(`${pc.green('✔')} ${reject ? 'rejected' : 'approved'} by ${by}\n`);
  await actOnApproval(approval, options, world);
}

async function confirm({ changes }: Approval, { yes }: ApproveOptions): Promise<boolean> {
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const what = changes.length === 1 ? 'this change' : `these ${changes.length} changes`;
    return /^y(es)?$/i.test((await terminal.question(`Approve ${what}? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

function overAs({ state }: Approval): Decided {
  if (state === 'superseded') return 'changed-since';
  return state === 'expired' ? 'expired' : 'already-decided';
}

/** Says why an answer does not count, and what is asked now instead. */
async function refuse(
  { id, project, decision, state }: Approval,
  why: Decided,
  { ledger, clock }: World,
): Promise<never> {
  const hint = 'sallyport approve lists the questions that wait.';
  if (why === 'changed-since') {
    const [now] = await ledger.approvals({ project, state: 'waiting' });
    if (now) process.stdout.write(`${pc.bold('Asked now:')}\n${printApproval(now, clock.now())}\n`);
    const message = `${id} is no longer what is planned in ${project}; nothing was decided.`;
    throw new TerminalError('approval-changed', message, {
      hint: now ? `sallyport approve ${now.id}` : 'Nothing of this project waits for an answer now.',
    });
  }
  if (why === 'expired') throw new TerminalError('approval-over', `${id} has expired; nothing was decided.`, { hint });
  if (why === 'unknown') throw new TerminalError('approval-unknown', `${id} is no longer in this ledger.`, { hint });
  const whose = decision ? ` by ${decision.by} at ${new Date(decision.at).toISOString()}` : '';
  const what = decision ? (decision.approved ? 'approved' : 'rejected') : state;
  throw new TerminalError('approval-over', `${id} was ${what}${whose}; it stays so.`, { hint });
}
