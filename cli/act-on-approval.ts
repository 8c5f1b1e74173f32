import pc from 'picocolors';
import { apiRoot } from '../functions/adapters/api-root.ts';
import { type ApprovalWorkflow, createApprovalWorkflow } from '../functions/adapters/approval-workflow.ts';
import { createGoogleAuth } from '../functions/adapters/google-auth.ts';
import type { Approval } from '../functions/core/people.ts';
import { reconcile } from '../functions/core/reconcile.ts';
import type { World } from '../functions/core/world.ts';
import { AppError, TerminalError } from '../functions/errors.ts';
import { assertInScope } from './open-world.ts';
import { printChange, printLeft } from './print-plan.ts';
import { withProgress } from './progress.ts';
import { buildRunId } from './run-id.ts';

export interface WhatFollows {
  /** Make the changes now, with the login of whoever runs the command. */
  readonly apply?: boolean;
}

/**
 * Before a yes is taken that is to be applied here: the settings must be those that the question came from, at least in scope
 * and capabilities; with others, the run would find nothing of the list planned, and end the approval. Throws `bad-usage`, `out-of-scope`.
 */
export function assertCanApply({ project, changes }: Approval, { apply }: WhatFollows, { settings }: World): void {
  if (!apply) return;
  assertInScope(project, settings);
  const on: readonly string[] = settings.capabilities;
  const off = [...new Set(changes.map(({ change }) => change.capability))].filter((one) => !on.includes(one));
  if (off.length === 0) return;
  throw new TerminalError(
    'bad-usage',
    `The settings here switch ${off.join(', ')} off: these changes cannot be made here.`,
    {
      hint: 'Name the settings that the functions have: --settings FILE. Or leave --apply out: the next run makes them.',
    },
  );
}

/** What follows an answer: a run here, the workflow that waits, or the next run of Sallyport. */
export async function actOnApproval(approval: Approval, { apply }: WhatFollows, world: World): Promise<void> {
  let isTold = false;
  const isYes = approval.state === 'approved';
  try {
    // Before the workflow hears of it: two runs of one project would be in each other's way.
    if (isYes && apply) await applyHere(approval, world);
  } finally {
    isTold = await callBack(approval);
  }
  if (!isYes || apply) return;
  process.stdout.write(
    isTold
      ? 'The workflow that waited goes on: it has the changes made now.\n'
      : 'The next run of Sallyport makes the changes: on the next event, or the next sweep. --apply makes them now.\n',
  );
}

/** Whether a workflow waited and was reached; one that was not costs time only. */
async function callBack(approval: Approval): Promise<boolean> {
  if (approval.callbackUrl === undefined) return false;
  try {
    await (await buildWorkflow()).callBack(approval, approval.callbackUrl);
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${pc.yellow('note')} ${error.message} [${error.code}]\n`);
    return false;
  }
}

async function buildWorkflow(): Promise<ApprovalWorkflow> {
  const workflow = process.env['SALLYPORT_APPROVAL_WORKFLOW'];
  const auth = await createGoogleAuth();
  const token = async () => (await auth.getAccessToken()) ?? '';
  return createApprovalWorkflow({ apiRoot: apiRoot('workflowexecutions'), token, ...(workflow ? { workflow } : {}) });
}

async function applyHere({ id, project }: Approval, world: World): Promise<void> {
  const key = { project, reason: 'approval', runId: buildRunId('approve') } as const;
  const { changes, left } = await withProgress(`applying ${id}`, () => reconcile(key, world));
  for (const change of changes) process.stdout.write(`${printChange(change)}\n`);
  for (const one of left.filter(({ until }) => until !== undefined)) process.stdout.write(`${printLeft(one)}\n`);
  const state = (await world.ledger.findApproval(id))?.state;
  if (state === 'outdated') process.stdout.write('Nothing of the list is planned any more: nothing was written.\n');
  if (state === 'approved')
    process.stdout.write('What is left of the list is made by a later run, within 24 h of the answer.\n');
}
