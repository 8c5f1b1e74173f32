import { setTimeout as wait } from 'node:timers/promises';
import { buildPushChapters } from './push-chapters.ts';
import { buildReportChapter } from './report-chapter.ts';
import type { SlackLine, SlackPane } from './slack-pane.ts';
import type { Stage, StageOptions } from './stage.ts';
import { createWatch, type Watch } from './watch.ts';

/** What a chapter says of itself; the rest of its line is measured. */
export interface Told {
  readonly title: string;
  readonly ok: boolean;
  /** What the user got in each region. */
  readonly regions?: Readonly<Record<string, number>>;
  /** What Pub/Sub's push got in each region. */
  readonly pushes?: Readonly<Record<string, number>>;
  /** What was new on Slack before the chapter itself looked there. */
  readonly slack?: readonly SlackLine[];
  /** Where the report is, and where a copy of it stays. */
  readonly report?: { readonly url: string; readonly file: string };
  /** The event that started the repair. */
  readonly eventId?: string;
  readonly note?: string;
}

export interface Chapter {
  /** Permanent: the step's name in JSON and in the request log. */
  readonly name: string;
  /** What goes on while it is played. */
  readonly doing: string;
  play(): Promise<Told>;
}

export interface ChapterParts {
  readonly stage: Stage;
  readonly watch: Watch;
  readonly pane: SlackPane;
  /** Opens a second stage for one chapter, which stops it itself. */
  openOther(chapter: string, over: Partial<StageOptions>): Promise<Stage>;
}

const onItsWay = 'the audit event is on its way; Sallyport waits for more of them, reads, and grants';

/** The main job in the order in which it is told. Each chapter needs what the ones before it have left. */
export function buildChapters(parts: ChapterParts): readonly Chapter[] {
  const { stage, watch } = parts;
  const { estate, admin, deployment } = stage;
  const [first, second] = estate.regions;
  const third = estate.thirdRegion;
  const all = [first, second, third];

  return [
    {
      name: 'iap-on',
      doing: 'the administrator switches IAP on',
      async play() {
        watch.expect('fixed');
        await admin.switchIapOn();
        const regions = await visitAll([first, second]);
        return { title: `IAP is switched on for ${estate.backend}: users get 403`, ok: every(regions, 403), regions };
      },
    },
    {
      name: 'iap-on-bound',
      doing: onItsWay,
      play: () =>
        healed('audit event → IAP is bound to run.invoker in both regions', [first, second], watch.expected()),
    },
    {
      name: 'region-added',
      doing: `${third} is deployed and added to the balancer`,
      async play() {
        watch.expect('fixed');
        await admin.addRegion(third);
        const regions = await visitAll(all);
        const ok = regions[third] === 403 && regions[first] === 200 && regions[second] === 200;
        return { title: `${third} is deployed and added: 403 there only`, ok, regions };
      },
    },
    {
      name: 'region-added-bound',
      doing: onItsWay,
      play: () => healed('audit event → IAP is bound in the new region', all, watch.expected()),
    },
    {
      name: 'new-revision',
      doing: 'a new revision is deployed; its audit event is on its way',
      async play() {
        watch.expect('clean');
        await admin.deployRevision(first);
        const { eventId } = await watch.expected();
        const regions = await visitAll(all);
        await stage.settled();
        const writes = stage.sandbox.requestLog.rows.filter(
          ({ step, method = '' }) => step === 'new-revision' && method.endsWith('.setIamPolicy'),
        );
        const title = 'a plain new revision → event, nothing to write (0 writes)';
        return { title, ok: writes.length === 0 && every(regions, 200), regions, ...(eventId ? { eventId } : {}) };
      },
    },
    {
      name: 'grant-removed',
      doing: 'somebody removes a grant',
      async play() {
        watch.expect('fixed');
        await admin.removeGrants(second);
        const regions = await visitAll(all);
        return { title: `somebody removes the grant in ${second}`, ok: regions[second] === 403, regions };
      },
    },
    {
      name: 'grant-removed-bound',
      doing: onItsWay,
      play: () => healed('audit event → IAP is bound again', all, watch.expected()),
    },
    {
      name: 'event-lost',
      doing: 'a grant is removed and its event is lost; waiting to see that nobody comes',
      async play() {
        deployment.delivery.faults.next('drop');
        await admin.removeGrants(first);
        // Longer than bucket and settle together: a repair by event would have come by now.
        await wait(4000);
        const regions = await visitAll(all);
        const title = `a grant is removed in ${first} and the event is lost: nobody comes`;
        return { title, ok: regions[first] === 403, regions };
      },
    },
    {
      name: 'sweep',
      doing: 'the hourly sweep: Cloud Scheduler, the workflow, every project in scope',
      async play() {
        const execution = await deployment.scheduled?.runJob('sallyport-sweep');
        const told = await healed('the hourly sweep finds it → IAP is bound again', all, Promise.resolve({}));
        return { ...told, ok: told.ok && execution?.state === 'SUCCEEDED' };
      },
    },
    ...buildPushChapters(parts),
    buildReportChapter(stage),
    clientIdAsPrincipal(parts),
  ];

  /** Waits until the functions have taken in what was done, then looks what users get. */
  async function healed(
    title: string,
    regions: readonly string[],
    started: Promise<{ eventId?: string }>,
  ): Promise<Told> {
    const { eventId } = await started;
    const got = await visitAll(regions);
    await stage.settled();
    return { title, ok: every(got, 200), regions: got, ...(eventId ? { eventId } : {}) };
  }

  async function visitAll(regions: readonly string[]): Promise<Record<string, number>> {
    const got = await Promise.all(regions.map(async (region) => [region, await stage.visit(region)] as const));
    return Object.fromEntries(got);
  }
}

function every(regions: Readonly<Record<string, number>>, status: number): boolean {
  return Object.values(regions).every((one) => one === status);
}

/** The same switch where IAM takes an OAuth client ID as a principal, as the article of 2021 had it: what differs is who is bound. */
function clientIdAsPrincipal({ stage: today, openOther }: ChapterParts): Chapter {
  const name = 'client-id-2021';
  return {
    name,
    doing: 'a second local Google Cloud, where IAM takes an OAuth client ID as a principal',
    async play() {
      const watch = createWatch();
      const stage = await openOther(name, { iam: '2021', onLog: watch.hear });
      try {
        const { clientId, iapAgent, regions } = stage.estate;
        const [region] = regions;
        watch.expect('fixed');
        await stage.admin.switchIapOn();
        const { eventId } = await watch.expected();
        const status = await stage.visit(region);
        await stage.settled();
        const [then, now] = [await stage.admin.invokers(region), await today.admin.invokers(region)];
        const member = `serviceAccount:${clientId}`;
        const isAgentAlone = now.length === 1 && now[0] === iapAgent;
        return {
          title: 'the same where IAM takes an OAuth client ID as a principal (2021)',
          ok: status === 200 && then.includes(member) && then.includes(iapAgent) && isAgentAlone,
          regions: { [region]: status },
          note: `Bound there: IAP's service agent and ${member}. Bound here, as IAM is today: the agent alone; the client ID was refused, which is remembered for 30 days.`,
          ...(eventId ? { eventId } : {}),
        };
      } finally {
        await stage.stop();
      }
    },
  };
}
