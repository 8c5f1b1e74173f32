import { tellOfAlert } from '../../core/tell/tell-of-alert.ts';
import { sendNotices } from './after-run.ts';
import type { TaskDeps } from './task-context.ts';

export interface LetterFacts {
  /** Of the task; undefined: it named none that could be read. */
  readonly project: string | undefined;
  readonly code: string;
  readonly why: string;
  /** What a person can do about it. */
  readonly hint: string | undefined;
  /** It is on the topic of the dead letters. */
  readonly isKept: boolean;
}

const dayMs = 24 * 3_600_000;
const kept = 'It is among the dead letters; sallyport replay works them off.';
const lost = 'It is kept nowhere but in the log: SALLYPORT_DEAD_LETTER_TOPIC is not set.';

/** Tells people that work was given up: one message a project, code and day. Never throws: the letter itself is kept already, where there is a place for it. */
export async function tellOfLetter({ project, code, why, hint, isKept }: LetterFacts, deps: TaskDeps): Promise<void> {
  const { world, ownProject } = deps;
  const name = project ?? ownProject.id ?? ownProject.number ?? 'unknown';
  try {
    await tellOfAlert(
      {
        code: 'dead-letter',
        occasion: `${code}:${Math.floor(world.clock.now() / dayMs)}`,
        project: name,
        severity: 'high',
        title: `Work on ${name} was given up: ${code}`,
        lines: [why, ...(hint === undefined ? [] : [hint]), isKept ? kept : lost],
      },
      world,
    );
    await sendNotices(deps);
  } catch (error) {
    world.log.error('nobody was told of a dead letter', { code, error });
  }
}
