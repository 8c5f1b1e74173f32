import type { Finding } from '../finding.ts';
import type { FindingStay, NoticeContent } from '../people.ts';

export type FindingContent = Extract<NoticeContent, { kind: 'finding' }>;

/** What is known beyond the finding and its times. */
export interface FindingStory {
  /** Sallyport itself ended it. */
  readonly fixed?: boolean;
  readonly resolvedBy?: string;
  /** Terraform to mend the code with; only told when Sallyport changed something. */
  readonly terraform?: string;
  readonly notes?: readonly string[];
}

/** The same finding that is open again later is another stay, and so another message. */
export function findingNoticeId(findingId: string, openedAt: number): string {
  return `finding:${findingId}:${openedAt}`;
}

/** What people are told of one stay of a finding. */
export function buildFindingContent({ finding, openedAt, resolvedAt }: FindingStay, story: FindingStory = {}) {
  const { id, rule, severity, resource, subject, message, hint, fix, actor } = finding;
  const { fixed, resolvedBy, terraform } = story;
  const notes = [...(story.notes ?? []), ...(finding.note === undefined ? [] : [finding.note])];
  return {
    kind: 'finding',
    findingId: id,
    rule,
    severity,
    resource,
    subject,
    message,
    hint,
    gcloud: fix.gcloud,
    state: fixed ? 'fixed' : resolvedAt === undefined ? 'open' : 'resolved',
    openedAt,
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(terraform ? { terraform } : {}),
    ...(actor === undefined ? {} : { actor }),
    ...(resolvedBy === undefined ? {} : { resolvedBy }),
    ...(notes.length === 0 ? {} : { notes }),
  } satisfies FindingContent;
}

/** One line of a digest. */
export function buildFindingLine({ severity, rule, resource, message }: Finding, mark: string): string {
  return `${mark} ${severity} ${rule} ${resource}: ${message}`;
}
