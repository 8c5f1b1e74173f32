import { describeChange } from '../../actions/index.ts';
import type { Settings } from '../../config.ts';
import type { Change } from '../change/change.ts';
import type { Finding } from '../finding.ts';
import type { FindingStay } from '../people.ts';
import type { LeftAlone } from '../plan/plan.ts';
import { buildFindingContent, buildFindingLine, findingNoticeId } from './finding-notice.ts';
import { fitLines } from './fit-lines.ts';
import type { NoticeRequest } from './notice-request.ts';
import { pickChannel } from './pick-channel.ts';

type Slack = NonNullable<Settings['slack']>;

export interface RunStory {
  readonly project: string;
  /** When people were last told (ms). */
  readonly since: number;
  /** Stays of findings that were open then or later, in their order. */
  readonly stays: readonly FindingStay[];
  /** Changes made since then, oldest first. */
  readonly changes: readonly Change[];
  /** What was found before anything was changed, by finding id. */
  readonly found: ReadonlyMap<string, Finding>;
  readonly left: readonly LeftAlone[];
  /** Terraform for the owner of an enforced grant, by finding id; default: the finding's own. */
  readonly handBack?: ReadonlyMap<string, string>;
}

/**
 * The messages of one run: one a finding that opened or was fixed at once, or one digest where they are more than
 * `digestAbove` in a channel. Ids follow from what happened and when, so that telling twice tells once. Nobody without `slack`.
 */
export function buildNotices(story: RunStory, slack: Settings['slack']): readonly NoticeRequest[] {
  if (!slack) return [];
  const told = [...listOpened(story), ...listFixed(story)];
  const groups = Map.groupBy(told, ({ stay, group }) => `${channelOf(stay.finding, slack)} ${group}`);
  const ofFindings = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const channel = channelOf(first.stay.finding, slack);
    const { project } = story;
    if (group.length > slack.digestAbove)
      return [buildDigest({ project, channel, group: first.group, stays: group.map(({ stay }) => stay) })];
    return group.map(({ stay, notes, fixed }) => ({
      id: findingNoticeId(stay.finding.id, stay.openedAt),
      project,
      channel,
      content: buildFindingContent(stay, { notes, fixed, ...terraformOf(stay.finding, fixed, story) }),
    }));
  });
  return ofFindings;
}

/** Stays that opened in one and the same run share their opening time. */
export function digestGroup(openedAt: number): string {
  return `opened-${openedAt}`;
}

export interface DigestParts {
  readonly project: string;
  readonly channel: string;
  readonly group: string;
  readonly stays: readonly FindingStay[];
}

/** One message for the findings of one run in one channel; said again later, it shows which of them have ended. */
export function buildDigest({ project, channel, group, stays }: DigestParts): NoticeRequest {
  const open = stays.filter(({ resolvedAt }) => resolvedAt === undefined).length;
  const counts = open === 0 ? 'all resolved' : `${open} open`;
  return {
    id: digestId({ project, channel, group }),
    project,
    channel,
    content: {
      kind: 'digest',
      title: `${stays.length} findings in ${project}, ${counts}`,
      lines: fitLines(
        stays.map(({ finding, resolvedAt }) => buildFindingLine(finding, resolvedAt === undefined ? '•' : '✓')),
      ),
    },
  };
}

export function digestId({ project, channel, group }: Omit<DigestParts, 'stays'>): string {
  return `digest:${project}:${group}:${channel}`;
}

interface Told {
  readonly stay: FindingStay;
  readonly group: string;
  readonly fixed: boolean;
  readonly notes: readonly string[];
}

function listOpened({ since, stays, changes, left }: RunStory): readonly Told[] {
  const opened = stays.filter(({ openedAt }) => openedAt >= since);
  return opened.map((stay) => ({
    stay,
    group: digestGroup(stay.openedAt),
    fixed: stay.resolvedAt !== undefined && fixesOf(stay.finding.id, changes).length > 0,
    notes: [...describeDone(stay.finding.id, changes), ...describeWait(stay.finding.id, left)],
  }));
}

/** Found and mended in one go: the ledger never saw it open, its change is what there is to tell. */
function listFixed({ stays, changes, found }: RunStory): readonly Told[] {
  const told = new Set<string>();
  return changes.filter(isFix).flatMap((change) =>
    change.findingIds.flatMap((id) => {
      const finding = found.get(id);
      const key = `${id} ${change.runId}`;
      if (!finding || told.has(key) || stays.some((stay) => stay.finding.id === id && isWithin(change, stay)))
        return [];
      told.add(key);
      const stay = { finding, openedAt: change.at, resolvedAt: change.result?.at ?? change.at };
      const ofRun = changes.filter(({ runId }) => runId === change.runId);
      return [{ stay, group: fixedGroup(change.runId), fixed: true, notes: describeDone(id, ofRun) }];
    }),
  );
}

/** Changes of the story about which nothing is known any more but themselves: their run told of them, or it died first. */
export function listForgotten({ stays, changes, found }: RunStory): readonly Change[] {
  const known = new Set([...found.keys(), ...stays.map(({ finding }) => finding.id)]);
  return changes.filter((change) => isFix(change) && !change.findingIds.some((id) => known.has(id)));
}

/** A run that died made this change, and what it had found died with it. */
export function buildChangeNotice(
  { id, change, findingIds }: Change,
  { project, handBack }: RunStory,
  slack: Slack,
): NoticeRequest {
  return {
    id: `alert:change:${id}`,
    project,
    channel: pickChannel(slack, { severity: 'info', project }) ?? slack.channel,
    content: {
      kind: 'alert',
      severity: 'info',
      title: `A change was made in ${project}`,
      lines: [`Done: ${describeChange(change)}`, ...findingIds.flatMap((finding) => handBack?.get(finding) ?? [])],
    },
  };
}

/** Where the message of a finding that was found and mended at once is: its own, or the digests that it may stand in. */
export function listFixedNoticeIds({ project, runId, at, findingIds }: Change, slack: Slack): readonly string[] {
  const channels = [slack.channel, ...slack.routes.map(({ channel }) => channel)];
  return [
    ...findingIds.map((id) => findingNoticeId(id, at)),
    ...channels.map((channel) => digestId({ project, channel, group: fixedGroup(runId) })),
  ];
}

/** Findings that one run has found and mended at once. */
function fixedGroup(runId: string): string {
  return `fixed-${runId}`;
}

function isWithin({ at }: Change, { openedAt, resolvedAt }: FindingStay): boolean {
  return at >= openedAt && (resolvedAt === undefined || at <= resolvedAt);
}

/** The changes that ended a finding. */
export function fixesOf(findingId: string, changes: readonly Change[]): readonly Change[] {
  return changes.filter((change) => isFix(change) && change.findingIds.includes(findingId));
}

function isFix({ change, result }: Change): boolean {
  const isUndo = change.kind !== 'service-identity' && change.undoes !== undefined;
  return result?.outcome === 'applied' && !isUndo;
}

/** What was tried about a finding, and what came of it. */
export function describeDone(findingId: string, changes: readonly Change[]): readonly string[] {
  return changes
    .filter(({ findingIds }) => findingIds.includes(findingId))
    .flatMap(({ change, result }) => {
      if (result?.outcome === 'applied') return [`Done: ${describeChange(change)}`];
      if (result?.outcome === 'failed')
        return [`Not done: ${describeChange(change)} (${result.code ?? 'write-failed'}: ${result.message ?? ''})`];
      return [];
    });
}

function describeWait(findingId: string, left: readonly LeftAlone[]): readonly string[] {
  const why = left.find(({ finding }) => finding.id === findingId)?.why;
  switch (why) {
    case undefined:
    case 'observe-only':
      return [];
    case 'needs-approval':
      return ['Waits for a person’s approval.'];
    case 'capability-off':
      return ['Sallyport may not change this: the capability is off. The command is below.'];
    case 'out-of-scope':
      return ['Not fixed: it is in another project, which the scope does not name.'];
    case 'paused':
      return ['Not fixed: Sallyport is paused.'];
    case 'on-hold':
      return ['Not fixed: an undo holds it for now.'];
    case 'limit-reached':
      return ['Not fixed: the limit of changes is reached.'];
    default:
      return [`Not fixed yet: ${why.replaceAll('-', ' ')}.`];
  }
}

function terraformOf(finding: Finding, fixed: boolean, { handBack }: RunStory): { readonly terraform?: string } {
  const text = fixed ? (handBack?.get(finding.id) ?? finding.fix.terraform) : undefined;
  return text ? { terraform: text } : {};
}

function channelOf({ severity, project }: Finding, slack: Slack): string {
  return pickChannel(slack, { severity, project }) ?? slack.channel;
}
