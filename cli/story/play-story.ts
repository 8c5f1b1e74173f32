import { setTimeout as wait } from 'node:timers/promises';
import type { RequestRow } from '../../sandbox/request-log.ts';
import { openStage, type Stage } from './stage.ts';
import { createWatch, type Watch } from './watch.ts';

/** One line of the story, as it went. */
export interface Step {
  readonly name: string;
  readonly title: string;
  readonly ok: boolean;
  readonly ms: number;
  /** Google API calls that Sallyport made during the step. */
  readonly calls: number;
  /** Of these, policy writes. */
  readonly writes: number;
  /** What the user got, where all regions gave the same. */
  readonly status?: number;
  /** What the user got in each region. */
  readonly regions?: Readonly<Record<string, number>>;
  /** The event that started the repair. */
  readonly eventId?: string;
  readonly note?: string;
}

export interface StoryOptions {
  readonly seed?: number | undefined;
  readonly logFile?: string | undefined;
  /** `grant`: the sandbox accepts Sallyport's policy writes and keeps nothing of them. */
  readonly breaks?: 'grant' | undefined;
  readonly port?: number | undefined;
  readonly frontDoorPort?: number | undefined;
  readonly onReady: (stage: Stage) => void;
  readonly onStep: (step: Step) => void;
}

export interface Story {
  readonly steps: readonly Step[];
  readonly ok: boolean;
  /** The first stage, still running: the caller stops it. */
  readonly stage: Stage;
}

/** What a step's body says of itself; the rest is measured. */
type Told = Pick<Step, 'title' | 'ok'> & Partial<Pick<Step, 'regions' | 'eventId' | 'note'>>;

/**
 * Plays the main job from end to end in a sandbox: every status is a real answer of the front door, every repair the work
 * of the real functions. Stops at the first step that does not hold.
 */
export async function playStory(options: StoryOptions): Promise<Story> {
  const steps: Step[] = [];
  const watch = createWatch();
  const stage = await openStage({
    seed: options.seed,
    logFile: options.logFile,
    port: options.port,
    frontDoorPort: options.frontDoorPort,
    onLog: watch.hear,
  });
  if (options.breaks === 'grant') {
    stage.sandbox.faults.add({
      match: /^run\..*\.setIamPolicy$/,
      fault: 'drop-write',
      caller: stage.estate.reconcileAccount,
    });
  }
  options.onReady(stage);
  const chapters = [...buildChapters(stage, watch), clientIdAsPrincipal(options, stage)];
  for (const [name, play] of chapters) {
    const step = await playStep(name, stage, play);
    steps.push(step);
    options.onStep(step);
    if (!step.ok) break;
  }
  return { steps, ok: steps.every(({ ok }) => ok), stage };
}

type Chapter = readonly [name: string, play: () => Promise<Told>];

async function playStep(name: string, stage: Stage, play: () => Promise<Told>): Promise<Step> {
  const { requestLog } = stage.sandbox;
  requestLog.setStep(name);
  const began = performance.now();
  const told: Told = await play().catch((error: unknown) => ({ title: name, ok: false, note: String(error) }));
  const ms = Math.round(performance.now() - began);
  const ours: readonly string[] = [stage.estate.reconcileAccount, stage.estate.eventsAccount];
  const rows = requestLog.rows.filter(
    (row) => row.step === name && row.kind === 'api' && ours.includes(row.caller ?? ''),
  );
  const statuses = new Set(Object.values(told.regions ?? {}));
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

function isWrite({ method = '', status = 0 }: RequestRow): boolean {
  return method.endsWith('.setIamPolicy') && status < 300;
}

function buildChapters(stage: Stage, watch: Watch): readonly Chapter[] {
  const { estate, admin, deployment } = stage;
  const [first, second] = estate.regions;
  const third = estate.thirdRegion;
  const all = [first, second, third];
  const visitAll = async (regions: readonly string[]) =>
    Object.fromEntries(await Promise.all(regions.map(async (region) => [region, await stage.visit(region)] as const)));
  const every = (regions: Readonly<Record<string, number>>, status: number) =>
    Object.values(regions).every((one) => one === status);

  /** Waits until the functions have taken in what was done, then looks what users get. */
  const healed = async (
    title: string,
    regions: readonly string[],
    started: Promise<{ eventId?: string }>,
  ): Promise<Told> => {
    const { eventId } = await started;
    const got = await visitAll(regions);
    await deployment.idle();
    return { title, ok: every(got, 200), regions: got, ...(eventId ? { eventId } : {}) };
  };

  return [
    [
      'iap-on',
      async () => {
        watch.expect('fixed');
        await admin.switchIapOn();
        const regions = await visitAll([first, second]);
        return { title: `IAP is switched on for ${estate.backend}: users get 403`, ok: every(regions, 403), regions };
      },
    ],
    ['iap-on-bound', () => healed('audit event → IAP bound in both regions', [first, second], watch.expected())],
    [
      'region-added',
      async () => {
        watch.expect('fixed');
        await admin.addRegion(third);
        const regions = await visitAll(all);
        const ok = regions[third] === 403 && regions[first] === 200 && regions[second] === 200;
        return { title: `${third} is deployed and added: 403 there only`, ok, regions };
      },
    ],
    ['region-added-bound', () => healed('audit event → IAP bound in the new region', all, watch.expected())],
    [
      'new-revision',
      async () => {
        watch.expect('clean');
        await admin.deployRevision(first);
        const { eventId } = await watch.expected();
        const regions = await visitAll(all);
        await deployment.idle();
        const writes = stage.sandbox.requestLog.rows.filter(
          (row) => row.step === 'new-revision' && isWrite(row),
        ).length;
        const title = 'a plain new revision → event, nothing to write';
        return { title, ok: writes === 0 && every(regions, 200), regions, ...(eventId ? { eventId } : {}) };
      },
    ],
    [
      'grant-removed',
      async () => {
        watch.expect('fixed');
        await admin.removeGrants(second);
        const regions = await visitAll(all);
        return { title: `somebody removes the grant in ${second}`, ok: regions[second] === 403, regions };
      },
    ],
    ['grant-removed-bound', () => healed('audit event → bound again', all, watch.expected())],
    [
      'event-lost',
      async () => {
        deployment.delivery.faults.next('drop');
        await admin.removeGrants(first);
        // Longer than bucket and settle together: a repair by event would have come by now.
        await wait(4000);
        const regions = await visitAll(all);
        return {
          title: `a grant is removed in ${first} and the event is lost: nobody comes`,
          ok: regions[first] === 403,
          regions,
        };
      },
    ],
    [
      'sweep',
      async () => {
        const { status } = await deployment.sweep();
        const told = await healed('the sweep finds it → bound again', all, Promise.resolve({}));
        return { ...told, ok: told.ok && status === 200 };
      },
    ],
  ];
}

/** The same switch where IAM takes an OAuth client ID as a principal, as the article of 2021 had it: what differs is who is bound. */
function clientIdAsPrincipal({ seed }: StoryOptions, today: Stage): Chapter {
  return [
    'client-id-2021',
    async () => {
      const watch = createWatch();
      const stage = await openStage({ seed, iam: '2021', onLog: watch.hear });
      try {
        const [region] = stage.estate.regions;
        watch.expect('fixed');
        await stage.admin.switchIapOn();
        await watch.expected();
        const status = await stage.visit(region);
        const [then, now] = [await stage.admin.invokers(region), await today.admin.invokers(region)];
        const member = `serviceAccount:${stage.estate.clientId}`;
        const only = (members: readonly string[]) => members.length === 1 && members[0] === today.estate.iapAgent;
        return {
          title: 'where IAM takes the client ID as a principal (2021)',
          ok: status === 200 && then.includes(member) && then.includes(stage.estate.iapAgent) && only(now),
          regions: { [region]: status },
          note: `bound in 2021: IAP's service agent and ${member}; bound today: the agent alone (IAM refuses the client ID: asked once, remembered for 30 days)`,
        };
      } finally {
        await stage.stop();
      }
    },
  ];
}
