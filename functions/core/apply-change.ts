import { AppError, TerminalError } from '../errors.ts';
import type { Change, ChangeIntent, ChangeResult, PolicyChange, PolicyRead, World } from './world.ts';

export interface ApplyContext {
  readonly project: string;
  readonly runId: string;
  /** Names the change in the ledger: run id and position, so that a repeat within a run is visible. */
  readonly changeId: string;
  readonly findingIds: readonly string[];
  readonly base?: PolicyRead | undefined;
}

/** How long a run's lease lasts without renewal (ms): longer than one write with all its retries. */
export const leaseMs = 120_000;

/**
 * One change from intent to result (DESIGN 6.9): pause and lease are checked, the intent is in the ledger before the
 * write and the result after it, whatever comes of it. A refused or failed write is a result, not a throw; only a lost
 * lease, a pause and a ledger that does not answer throw.
 */
export async function applyChange(
  change: Omit<PolicyChange, 'base'>,
  context: ApplyContext,
  world: World,
): Promise<Change> {
  const { ledger, clock, writer, log } = world;
  await assertMayWrite(context, world);
  const intent: ChangeIntent = {
    id: context.changeId,
    project: context.project,
    runId: context.runId,
    findingIds: context.findingIds,
    change,
    at: clock.now(),
  };
  await ledger.recordIntent(intent);
  const result = await writeChange();
  await ledger.recordResult(intent.id, result);
  logResult();
  return { ...intent, result };

  async function writeChange(): Promise<ChangeResult> {
    try {
      const request = context.base ? { ...change, base: context.base } : change;
      const { changed, before, after } = await writer.changePolicy(request);
      return { outcome: changed ? 'applied' : 'unchanged', at: clock.now(), before, after };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { outcome: 'failed', at: clock.now(), code: error.code, message: error.message };
    }
  }

  function logResult(): void {
    const fields = { resource: change.resource, members: change.members, changeId: intent.id, code: result.code };
    if (result.outcome === 'applied') log.info(change.kind === 'add' ? 'binding granted' : 'binding removed', fields);
    else if (result.outcome === 'unchanged') log.info('binding was there already', fields);
    else log.warn('binding not written', { ...fields, reason: result.message });
  }
}

async function assertMayWrite({ project, runId }: ApplyContext, { ledger, settings }: World): Promise<void> {
  if (settings.paused || (await ledger.isPaused())) {
    throw new TerminalError('paused', `Writes are paused: nothing more is written in ${project}.`, {
      hint: 'Set paused: false in sallyport.yaml and end a pause in the ledger to go on.',
    });
  }
  if (!(await ledger.renewLease(project, runId, leaseMs))) {
    throw new AppError('lease-lost', `The lease of ${project} has passed to another run: this one stops writing.`);
  }
}
