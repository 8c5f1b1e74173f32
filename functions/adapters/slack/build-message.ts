import type { Notice, NoticeContent } from '../../core/people.ts';
import { buildApprovalBlocks } from './approval-blocks.ts';
import { blockLimit, lineSections, mrkdwn, plain, type SlackBlock } from './blocks.ts';
import { buildFindingBlocks, describeState } from './finding-blocks.ts';
import { cutText, plainText } from './mrkdwn.ts';

export interface BuiltMessage {
  /** What notifications and screen readers say. */
  readonly text: string;
  readonly blocks: SlackBlock[];
}

/** A notice as Block Kit, within Slack's limits; whatever is foreign in it is escaped, and nothing that looks like a credential is in it. */
export function buildMessage({ content, project }: Pick<Notice, 'content' | 'project'>): BuiltMessage {
  const blocks = buildBlocks(content, project);
  return { text: cutText(summarize(content, project), 1000), blocks: blocks.slice(0, blockLimit) };
}

function buildBlocks(content: NoticeContent, project: string): SlackBlock[] {
  switch (content.kind) {
    case 'finding':
      return buildFindingBlocks(content, project);
    case 'approval':
      return buildApprovalBlocks(content, project);
    case 'digest':
      return [header(content.title), ...listLines(content.lines)];
    case 'report':
      return [header(content.title), ...listLines(content.lines), ...linkTo(content.url)];
    case 'alert':
      return [header(`${content.severity.toUpperCase()}: ${content.title}`), ...listLines(content.lines)];
  }
}

function summarize(content: NoticeContent, project: string): string {
  switch (content.kind) {
    case 'finding':
      return plainText(`${describeState(content)}: ${content.rule} in ${project}: ${content.message}`);
    case 'approval':
      return plainText(`Approval of ${content.lines.length} changes in ${project}: ${content.state}`);
    case 'digest':
    case 'report':
      return plainText(content.title);
    case 'alert':
      return plainText(`${content.severity}: ${content.title}`);
  }
}

function header(text: string): SlackBlock {
  return { type: 'header', text: plain(plainText(text), 150) };
}

/** As many as fit beside header, link and the sentence about the rest. */
function listLines(lines: readonly string[]): SlackBlock[] {
  const sections = lineSections(lines.map((line) => plainText(line)));
  const most = 20;
  if (sections.length <= most) return sections;
  const note = 'There is more than fits here: sallyport scan and the compliance report name everything.';
  return [...sections.slice(0, most), { type: 'section', text: plain(note) }];
}

function linkTo(url: string): SlackBlock[] {
  const parsed = URL.parse(url);
  if (!parsed || !['https:', 'http:'].includes(parsed.protocol)) return [];
  // `|` and `>` would end the link; URL encodes the latter and the angle bracket, not the former.
  const safe = parsed.href.replaceAll('|', '%7C').replaceAll('&', '&amp;');
  if (safe.length > 2000) return [];
  return [{ type: 'section', text: mrkdwn(`<${safe}|Open the report>`) }];
}
