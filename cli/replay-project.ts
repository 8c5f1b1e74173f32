import pc from 'picocolors';
import type { Plan } from '../functions/core/plan/plan.ts';
import { reconcile } from '../functions/core/reconcile.ts';
import type { World } from '../functions/core/world.ts';
import { AppError } from '../functions/errors.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';
import { printChange, printLeft, printPlan, printRefused } from './print-plan.ts';
import { withProgress } from './progress.ts';
import { buildRunId } from './run-id.ts';

/** What came of one project's run. */
export interface Replayed {
  readonly project: string;
  /** The project was looked at whole: its letters have done their work. */
  readonly isDone: boolean;
  readonly outcome: string;
  readonly changes: number;
  /** Error code of a run that failed, or of what it could not read. */
  readonly code?: string;
}

export interface ReplayDeps {
  readonly world: World;
  readonly dryRun: boolean;
  readonly say: (line: string) => void;
}

/** Looks at a project as the functions would have: what may be enforced is written, the rest is told. A failure is an answer. */
export async function replayProject(project: string, { world, dryRun, say }: ReplayDeps): Promise<Replayed> {
  const key = { project, reason: 'manual', runId: buildRunId('replay') } as const;
  const confirm = async (plan: Plan) => {
    if (dryRun) say(printPlan(plan));
    return !dryRun;
  };
  try {
    const result = await withProgress(`looking at ${project}`, () => reconcile(key, world, { confirm }));
    for (const change of result.changes) say(printChange(change));
    for (const id of result.refusedClientIds) say(printRefused(id));
    for (const one of result.left) say(printLeft(one));
    const [gap] = result.unreadable;
    if (gap)
      say(`${pc.yellow('unreadable')} ${escapeTerminal(gap.resource)}: ${escapeTerminal(gap.message)} [${gap.code}]`);
    say(`${pc.bold(escapeTerminal(project))}  ${gap ? pc.yellow('read in part: its letters stay') : result.outcome}`);
    const changes = result.changes.filter((one) => one.result?.outcome === 'applied').length;
    const { outcome } = result;
    return { project, isDone: !gap, outcome, changes, ...(gap ? { code: gap.code } : {}) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say(`${pc.bold(escapeTerminal(project))}  ${pc.red('failed')}: ${escapeTerminal(error.message)} [${error.code}]`);
    if (error.hint) say(`  ${escapeTerminal(error.hint)}`);
    return { project, isDone: false, outcome: 'failed', changes: 0, code: error.code };
  }
}
