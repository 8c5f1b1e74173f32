import type { PressResult } from '../../sandbox/slack/press.ts';
import type { SlackMessage } from '../../sandbox/slack/slack-store.ts';
import type { SlackStandIn } from '../../sandbox/slack/start-slack.ts';

/** A message as people see it, cut to what fits a line. */
export interface SlackLine {
  /** `#security` */
  readonly channel: string;
  readonly title: string;
  readonly text: string;
  /** It was there before, and says something else now. */
  readonly edited: boolean;
  readonly buttons: readonly string[];
}

export interface SlackPane {
  /** What is new or says something else since this was last asked. */
  news(): readonly SlackLine[];
  /** Waits for a question that has buttons; rejects after 15 s. */
  question(): Promise<SlackMessage>;
  /** Ann presses Approve in a message. */
  approve(question: SlackMessage): Promise<PressResult>;
}

const patienceMs = 15_000;
const everyMs = 50;
const approver = 'U0ANN';
const approve = 'sallyport-approve';

/** Reads the stand-in for Slack as a person reads the channel. */
export function createSlackPane(slack: SlackStandIn): SlackPane {
  const seen = new Map<string, string>();
  const [channel] = slack.store.channels.values();
  if (!channel) throw new Error('Slack has no channel');
  return {
    news() {
      const lines: SlackLine[] = [];
      // What is said in a thread repeats what its message says now.
      for (const message of slack.store.messages(channel.id).filter(({ threadTs }) => threadTs === undefined)) {
        const line = { channel: `#${channel.name}`, ...describe(message), edited: seen.has(message.ts) };
        const content = JSON.stringify([line.title, line.text, line.buttons]);
        if (seen.get(message.ts) !== content) lines.push(line);
        seen.set(message.ts, content);
      }
      return lines;
    },
    async question() {
      for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
        const asked = slack.store.messages(channel.id).findLast((message) => listButtons(message).length > 0);
        if (asked) return asked;
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
      throw new Error(`nobody was asked on Slack within ${patienceMs / 1000} s`);
    },
    approve: ({ ts }) => slack.press({ channel: channel.id, ts, actionId: approve, user: approver }),
  };
}

/** Header and first section of a message. */
function describe(message: SlackMessage): Pick<SlackLine, 'title' | 'text' | 'buttons'> {
  const texts = (type: string) => message.blocks.filter((block) => block['type'] === type).map(textOf);
  const [title = message.text] = texts('header');
  const [text = ''] = texts('section');
  return { title, text: text.replaceAll(/\s+/g, ' ').replace(/^• /, ''), buttons: listButtons(message) };
}

function listButtons({ blocks }: SlackMessage): readonly string[] {
  return blocks.flatMap((block) => {
    const elements: unknown = block['type'] === 'actions' ? block['elements'] : [];
    return Array.isArray(elements) ? elements.map(textOf) : [];
  });
}

/** Of a block or a button. */
function textOf(block: unknown): string {
  const text: unknown = Object(Object(block).text).text;
  return typeof text === 'string' ? text : '';
}
