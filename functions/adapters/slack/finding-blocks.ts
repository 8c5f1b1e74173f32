import type { NoticeContent } from '../../core/people.ts';
import { codeSection, type Mrkdwn, mrkdwn, plain, type SlackBlock } from './blocks.ts';
import { consoleLink } from './console-link.ts';
import { codeBlock, codeSpan, plainText } from './mrkdwn.ts';

type Content = Extract<NoticeContent, { kind: 'finding' }>;

/** One finding: what, where, since when, what to do; when it has ended: how, and how to mend the code. */
export function buildFindingBlocks(content: Content, project: string): SlackBlock[] {
  const { rule, message, hint, gcloud, terraform, state, notes = [] } = content;
  const isOpen = state === 'open';
  return [
    { type: 'header', text: plain(plainText(`${describeState(content)}: ${rule}`), 150) },
    { type: 'section', text: plain(plainText(message)) },
    { type: 'section', fields: buildFields(content, project) },
    ...(notes.length > 0 ? [{ type: 'section', text: plain(plainText(...notes)) } as const] : []),
    ...(isOpen && hint !== '' ? [{ type: 'section', text: plain(plainText(hint)) } as const] : []),
    ...(isOpen && gcloud.length > 0 ? [codeSection(codeBlock(gcloud.join('\n')))] : []),
    ...(terraform
      ? [
          { type: 'section', text: plain('So that the next terraform apply keeps it:') } as const,
          codeSection(codeBlock(terraform)),
        ]
      : []),
    { type: 'context', elements: [mrkdwn(buildTimes(content))] },
  ];
}

/** `HIGH`, `Fixed`, `Resolved`. */
export function describeState({ state, severity }: Pick<Content, 'state' | 'severity'>): string {
  switch (state) {
    case 'open':
      return severity.toUpperCase();
    case 'fixed':
      return 'Fixed';
    case 'resolved':
      return 'Resolved';
  }
}

/** What is said in the thread when a finding has ended: `Resolved after 3 min, by ann@acme.example.` */
export function describeEnd({ state, openedAt, resolvedAt = openedAt, resolvedBy }: Content): string {
  const by = resolvedBy === undefined ? '' : `, by ${resolvedBy}`;
  const what = state === 'fixed' ? 'Fixed by Sallyport' : 'Resolved';
  return plainText(`${what} after ${describeTime(resolvedAt - openedAt)}${by}.`);
}

function buildFields({ resource, subject, actor, resolvedBy }: Content, project: string): Mrkdwn[] {
  const fields: [string, string | undefined][] = [
    ['Project', project],
    ['Resource', resource],
    ['Subject', subject === '' ? undefined : subject],
    ['Caused by', actor],
    ['Ended by', resolvedBy],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [mrkdwn(`*${name}*\n${codeSpan(value)}`)]));
}

function buildTimes({ openedAt, resolvedAt, state, resource, findingId }: Content): string {
  const since = state === 'open' ? `Open since ${showTime(openedAt)}` : `Opened ${showTime(openedAt)}`;
  const until = resolvedAt === undefined ? [] : [`ended ${showTime(resolvedAt)}`];
  return [since, ...until, ...consoleLink(resource), `id ${codeSpan(findingId)}`].join(' · ');
}

/** In the reader's own time zone; in UTC where Slack cannot. */
export function showTime(at: number): string {
  const seconds = Math.floor(at / 1000);
  const fallback = new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
  return `<!date^${seconds}^{date_short_pretty} {time_secs}|${fallback}>`;
}

function describeTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
