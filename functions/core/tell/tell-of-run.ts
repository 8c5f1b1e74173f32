import type { Change } from '../change/change.ts';
import { listHandBacks } from '../commands/hand-back.ts';
import type { Finding } from '../finding.ts';
import type { FindingStay } from '../people.ts';
import type { LeftAlone } from '../plan/plan.ts';
import type { World } from '../world.ts';
import {
  buildChangeNotice,
  buildDigest,
  buildNotices,
  describeDone,
  digestGroup,
  digestId,
  fixesOf,
  listFixedNoticeIds,
  listForgotten,
} from './build-notices.ts';
import { buildFindingContent, findingNoticeId } from './finding-notice.ts';
import { fitLines } from './fit-lines.ts';
import { pickChannel } from './pick-channel.ts';
import { tellOfAlert } from './tell-of-alert.ts';

export interface RunFacts {
  readonly project: string;
  readonly runId: string;
  /** Who caused the event that started the run. */
  readonly actor?: string;
  /** What was found before anything was changed. */
  readonly found: readonly Finding[];
  /** What `saveFindings` said had ended. */
  readonly resolved: readonly Finding[];
  readonly left: readonly LeftAlone[];
}

/**
 * Puts what people must hear of a run into the outbox; to be called after `saveFindings`, under the lease. Works from what
 * the ledger holds since the last run that ended well: what a run that died did not tell, the next one tells, and what
 * was told is not told again. Sends nothing itself. Does nothing without settings of Slack.
 */
export async function tellOfRun(facts: RunFacts, world: Pick<World, 'ledger' | 'clock' | 'settings'>): Promise<void> {
  const { ledger, clock, settings } = world;
  const { project, left } = facts;
  if (!settings.slack) return;
  const since = await lastTold(project, world);
  const [stays, newest] = await Promise.all([ledger.findingStays(since, project), ledger.changesSince(since, project)]);
  const changes = newest.toReversed();
  const found = new Map([...facts.resolved, ...facts.found].map((finding) => [finding.id, finding]));
  const story = { project, since, stays, changes, found, left, handBack: listHandBacks(changes) };
  for (const notice of buildNotices(story, settings.slack)) {
    // One that is there was put by the run before; how it ends is told below.
    if (!(await ledger.findNotice(notice.id))) await ledger.putNotice(notice, clock.now());
  }
  for (const change of listForgotten(story)) {
    const told = await Promise.all(listFixedNoticeIds(change, settings.slack).map((id) => ledger.findNotice(id)));
    const isTold = told.some((notice) => notice !== undefined);
    if (!isTold) await ledger.putNotice(buildChangeNotice(change, story, settings.slack), clock.now());
  }
  for (const stay of stays) {
    if (stay.resolvedAt !== undefined && stay.resolvedAt >= since) await tellOfEnd(stay, changes, facts, world);
  }
  await tellOfLimit(facts, world);
}

/** From when on a run that did not end well may have left something untold (ms). */
async function lastTold(project: string, { ledger }: Pick<World, 'ledger'>): Promise<number> {
  const runs = await ledger.runs(20, project);
  return runs.find(({ outcome }) => outcome !== 'failed')?.startedAt ?? 0;
}

/** Updates the message that told of the opening: the finding's own, or the digest that it stood in. One never told of stays so. */
async function tellOfEnd(
  stay: FindingStay,
  changes: readonly Change[],
  facts: RunFacts,
  { ledger, clock, settings }: Pick<World, 'ledger' | 'clock' | 'settings'>,
): Promise<void> {
  const { finding, openedAt } = stay;
  const { project } = facts;
  const own = await ledger.findNotice(findingNoticeId(finding.id, openedAt));
  if (own) {
    if (own.content.kind !== 'finding' || own.content.state !== 'open') return;
    const fixed = fixesOf(finding.id, changes).length > 0;
    const terraform = listHandBacks(changes).get(finding.id) ?? finding.fix.terraform;
    const isNow = facts.resolved.some(({ id }) => id === finding.id);
    const content = buildFindingContent(stay, {
      fixed,
      notes: describeDone(finding.id, changes),
      ...(fixed ? { terraform } : {}),
      ...(!fixed && isNow && facts.actor !== undefined ? { resolvedBy: facts.actor } : {}),
    });
    await ledger.putNotice({ ...own, content }, clock.now());
    return;
  }
  const channel = pickChannel(settings.slack, { severity: finding.severity, project: finding.project });
  if (channel === undefined) return;
  const group = digestGroup(openedAt);
  if (!(await ledger.findNotice(digestId({ project, channel, group })))) return;
  const all = await ledger.findingStays(openedAt, project);
  const inChannel = (one: FindingStay): boolean => pickChannel(settings.slack, one.finding) === channel;
  const together = all.filter((one) => one.openedAt === openedAt && inChannel(one));
  await ledger.putNotice(buildDigest({ project, channel, group, stays: together }), clock.now());
}

const dayMs = 24 * 3_600_000;

/** Above the limits people are asked, by name, for the rest (DESIGN 6.5): one message a project and day. */
async function tellOfLimit(
  { project, left }: RunFacts,
  world: Pick<World, 'ledger' | 'clock' | 'settings'>,
): Promise<void> {
  const rest = left.filter(({ why }) => why === 'limit-reached').map(({ finding }) => finding);
  if (rest.length === 0) return;
  const alert = {
    code: 'limit-reached',
    occasion: String(Math.floor(world.clock.now() / dayMs)),
    project,
    severity: 'high',
    title: `The limit of changes is reached in ${project}: ${rest.length} are left`,
    lines: [
      ...fitLines(rest.map(({ resource, subject }) => `${resource} ${subject}`)),
      `After a look: sallyport fix --project ${project}`,
    ],
  } as const;
  await tellOfAlert(alert, world);
}
