import { cutText } from './mrkdwn.ts';

/** The few kinds of blocks that Sallyport sends, within Slack's limits (FACTS 18). */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: PlainText | Mrkdwn }
  | { readonly type: 'section'; readonly fields: Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: Mrkdwn[] }
  | { readonly type: 'actions'; readonly block_id: string; readonly elements: ButtonElement[] };

export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Slack turns nothing into a link, a mention or a channel by itself. */
  readonly verbatim: true;
}

export interface ButtonElement {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly style: 'primary' | 'danger';
  readonly value: string;
  readonly confirm: {
    readonly title: PlainText;
    readonly text: PlainText;
    readonly confirm: PlainText;
    readonly deny: PlainText;
  };
}

export const sectionLimit = 3000;
export const blockLimit = 50;

/** Text that is shown as it stands, escaped by the caller. */
export function plain(text: string, limit = sectionLimit): PlainText {
  // Slack takes no empty text.
  return { type: 'plain_text', text: cutText(text.trim() === '' ? '–' : text, limit), emoji: false };
}

/** Our own markup around escaped foreign text. */
export function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A code block cut inside, so that it still ends. */
export function codeSection(block: string): SlackBlock {
  const fence = '\n```';
  const body = block.slice(0, -fence.length);
  return { type: 'section', text: mrkdwn(cutText(body, sectionLimit - fence.length, '\n… (cut)') + fence) };
}

/** Lines in as few sections as hold them, each within the limit. */
export function lineSections(lines: readonly string[]): SlackBlock[] {
  const sections: string[] = [];
  for (const line of lines.map((one) => cutText(one, sectionLimit))) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= sectionLimit)
      sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  return sections.map((text) => ({ type: 'section', text: plain(text) }));
}
