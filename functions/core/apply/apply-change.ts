import { AppError, TerminalError } from '../../errors.ts';
import type { StepApproval } from '../approval/approved-steps.ts';
import type { Change, ChangeIntent, ChangeRequest, ChangeResult, PolicyRead } from '../change/change.ts';
import { assertMirrors } from '../change/undo-guard.ts';
import { reachOf } from '../settings/scope.ts';
import type { World } from '../world.ts';

export interface ApplyContext {
  readonly project: string;
  readonly runId: string;
  /** Names the change in the ledger: run id and position, so that a repeat within a run is visible. */
  readonly changeId: string;
  readonly findingIds: readonly string[];
  /** Who said yes to it. */
  readonly approval?: StepApproval | undefined;
  /** Who has it made, on a command line. */
  readonly by?: string | undefined;
  /** For changes of policies. */
  readonly base?: PolicyRead | undefined;
}

/** How long a run's lease lasts without renewal (ms): longer than one write with all its retries. */
export const leaseMs = 120_000;

/**
 * One change from intent to result (DESIGN 6.9), whatever its kind: pause and lease are checked, the intent is in the
 * ledger before the write and the result after it, whatever comes of it. A refused or failed write is a result, not a
 * throw; only a lost lease, a pause, another project than the scope's, an undo of nothing and a ledger that does not answer throw.
 */
export async function applyChange(change: ChangeRequest, context: ApplyContext, world: World): Promise<Change> {
  const { ledger, clock, log } = world;
  const { approval, by } = context;
  assertInReach(change, context, world);
  await assertMayWrite(context, world);
  if ('undoes' in change && change.undoes !== undefined) assertMirrors(change, await ledger.findChange(change.undoes));
  const intent: ChangeIntent = {
    id: context.changeId,
    project: context.project,
    runId: context.runId,
    findingIds: context.findingIds,
    change,
    at: clock.now(),
    ...(by ? { approvedBy: by } : {}),
    ...(approval ? { approvedBy: approval.by, approvalId: approval.id } : {}),
  };
  await ledger.recordIntent(intent);
  const result = await attempt();
  await ledger.recordResult(intent.id, result);
  const { approvedBy } = intent;
  const fields = { resource: change.resource, changeId: intent.id, code: result.code, approvedBy, ...describe(change) };
  if (result.outcome === 'failed') log.warn('change not made', { ...fields, reason: result.message });
  else log.info(result.outcome === 'applied' ? doneMessages[change.kind] : 'nothing had to be changed', fields);
  return { ...intent, result };

  async function attempt(): Promise<ChangeResult> {
    try {
      return { ...(await write(change, context, world)), at: clock.now() };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      return { outcome: 'failed', at: clock.now(), code: error.code, message: error.message, ...hint };
    }
  }
}

async function write(
  change: ChangeRequest,
  { base }: ApplyContext,
  { writer }: World,
): Promise<Omit<ChangeResult, 'at'>> {
  switch (change.kind) {
    case 'add':
    case 'remove': {
      const { changed, before, after } = await writer.changePolicy(base ? { ...change, base } : change);
      return { outcome: changed ? 'applied' : 'unchanged', before, after };
    }
    case 'ingress': {
      const { changed, before, after } = await writer.changeIngress(change);
      return { outcome: changed ? 'applied' : 'unchanged', serviceBefore: before, serviceAfter: after };
    }
    case 'push-audience': {
      const { changed, before, after } = await writer.changePushAudience(change);
      return { outcome: changed ? 'applied' : 'unchanged', pushBefore: before, pushAfter: after };
    }
    case 'custom-audience': {
      const { changed, before, after } = await writer.changeCustomAudience(change);
      return { outcome: changed ? 'applied' : 'unchanged', serviceBefore: before, serviceAfter: after };
    }
    case 'service-identity':
      await writer.createIdentity(change);
      return { outcome: 'applied' };
  }
}

const doneMessages: Readonly<Record<ChangeRequest['kind'], string>> = {
  add: 'binding granted',
  remove: 'binding removed',
  ingress: 'ingress set',
  'push-audience': 'push audience set',
  'custom-audience': 'custom audiences set',
  'service-identity': 'service identity created',
};

function describe(change: ChangeRequest): Record<string, unknown> {
  switch (change.kind) {
    case 'add':
    case 'remove':
      return { members: change.members, role: change.role };
    case 'ingress':
      return { ingress: change.ingress };
    case 'push-audience':
    case 'custom-audience':
      return { audience: change.audience };
    case 'service-identity':
      return { service: change.service };
  }
}

/** The last gate before an intent: whoever edits a balancer or the ledger does not decide in which projects Sallyport writes. */
function assertInReach({ resource }: ChangeRequest, { project }: ApplyContext, { settings }: World): void {
  // A run that was asked for by number: the plan knows the id.
  if (/^\d+$/.test(project) || reachOf(resource, [project], settings.scope) !== 'out-of-scope') return;
  throw new TerminalError('out-of-scope', `${resource} is in another project than ${project}; nothing was written.`, {
    hint: 'scope.include in sallyport.yaml names the projects in which Sallyport may write.',
  });
}

async function assertMayWrite({ project, runId }: ApplyContext, { ledger, settings }: World): Promise<void> {
  if (settings.paused || (await ledger.isPaused())) {
    throw new TerminalError('paused', `Writes are paused: nothing more is written in ${project}.`, {
      hint: 'sallyport pause --list says who paused and why; set paused: false in sallyport.yaml or run sallyport pause --end --why "…" to go on.',
    });
  }
  if (!(await ledger.renewLease(project, runId, leaseMs))) {
    throw new AppError('lease-lost', `The lease of ${project} has passed to another run: this one stops writing.`);
  }
}
