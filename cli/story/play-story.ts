import type { RequestRow } from '../../sandbox/request-log.ts';
import { buildChapters, type Chapter, type Told } from './chapters.ts';
import { createSlackPane, type SlackLine } from './slack-pane.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';
import { createWatch } from './watch.ts';

/** One line of the story, as it went. */
export interface Step extends Told {
  readonly name: string;
  readonly ms: number;
  /** Google API calls that Sallyport made during the step. */
  readonly calls: number;
  /** Of these, changes of policies, services and subscriptions that were accepted. */
  readonly writes: number;
  /** What the user, or else the push, got, where all regions gave the same. */
  readonly status?: number;
  /** What was new on Slack, and what says something else since. */
  readonly slack: readonly SlackLine[];
}

export interface StoryOptions {
  readonly seed?: number | undefined;
  readonly logFile?: string | undefined;
  /** `grant`: the sandbox accepts Sallyport's policy writes and keeps nothing of them. */
  readonly breaks?: 'grant' | undefined;
  readonly port?: number | undefined;
  readonly frontDoorPort?: number | undefined;
  readonly slackPort?: number | undefined;
  readonly onReady: (stage: Stage) => void;
  /** Told before each step what it is about to do. */
  readonly onBegin: (doing: string) => void;
  readonly onStep: (step: Step) => void;
}

export interface Story {
  readonly steps: readonly Step[];
  readonly ok: boolean;
  /** The first stage, still running: the caller stops it. */
  readonly stage: Stage;
}

/** Nothing that people must approve is off, and nothing waits longer than here has to be waited. */
const settings = { capabilities: ['grant-invoker', 'set-push-audience', 'grant-iap-accessor', 'add-custom-audience'] };

/**
 * Plays the main job from end to end in a sandbox: every status is a real answer of the front door, every repair the work
 * of the real functions. Stops at the first step that does not hold.
 */
export async function playStory(options: StoryOptions): Promise<Story> {
  const { seed, logFile, port, frontDoorPort, slackPort } = options;
  const watch = createWatch();
  const ports = { port, frontDoorPort, slackPort };
  const stage = await openStage({ seed, logFile, ...ports, parts: 'all', settings, onLog: watch.hear });
  if (options.breaks === 'grant') {
    stage.sandbox.faults.add({
      match: /^run\..*\.setIamPolicy$/,
      fault: 'drop-write',
      caller: stage.estate.reconcileAccount,
    });
  }
  options.onReady(stage);
  if (!stage.deployment.slack) throw new Error('the stage has no Slack');
  const pane = createSlackPane(stage.deployment.slack);
  const stages = [stage];
  const openOther = async (chapter: string, over: Partial<StageOptions>) => {
    const other = await openStage({ seed, logFile, ...over });
    other.sandbox.requestLog.setStep(chapter);
    stages.push(other);
    return other;
  };
  const steps: Step[] = [];
  for (const chapter of buildChapters({ stage, watch, pane, openOther })) {
    options.onBegin(chapter.doing);
    const played = await playStep(chapter, stages);
    const step = { ...played, slack: [...(played.slack ?? []), ...pane.news()] };
    steps.push(step);
    options.onStep(step);
    if (!step.ok) break;
  }
  // What is asked from now on belongs to no step.
  stage.sandbox.requestLog.setStep(undefined);
  return { steps, ok: steps.every(({ ok }) => ok), stage };
}

async function playStep({ name, play }: Chapter, stages: readonly Stage[]): Promise<Omit<Step, 'slack'> & Told> {
  for (const { sandbox } of stages) sandbox.requestLog.setStep(name);
  const began = performance.now();
  const told: Told = await play().catch((error: unknown) => ({ title: name, ok: false, note: messageOf(error) }));
  const ms = Math.round(performance.now() - began);
  const rows = stages.flatMap((stage) => callsOfSallyport(name, stage));
  const statuses = new Set(Object.values(told.regions ?? told.pushes ?? {}));
  const [status] = statuses;
  return {
    name,
    ...told,
    ms,
    calls: rows.length,
    writes: rows.filter(isWrite).length,
    ...(status !== undefined && statuses.size === 1 ? { status } : {}),
  };
}

function callsOfSallyport(step: string, { sandbox, estate }: Stage): readonly RequestRow[] {
  const ours = Object.values(estate.accounts);
  return sandbox.requestLog.rows.filter(
    (row) => row.step === step && row.kind === 'api' && ours.includes(row.caller ?? ''),
  );
}

const writeMethods = /\.setIamPolicy$|\.services\.patch$|\.subscriptions\.patch$/;

function isWrite({ method = '', status = 0 }: RequestRow): boolean {
  return writeMethods.test(method) && status < 300;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
