import type { Logger } from '../../core/world.ts';
import { TerminalError } from '../../errors.ts';
import { parseLoopback } from '../api-root.ts';
import { maskSecrets } from '../scrub.ts';
import type { BuiltMessage } from './build-message.ts';

/** What Sallyport asks of Slack. Each call is made once; failures are told apart by `parseSlackFailure`. */
export interface SlackClient {
  /** Posts a message, in a thread where `threadTs` is given; returns Slack's name for it. */
  post(message: OutgoingMessage & { readonly threadTs?: string }): Promise<string>;
  /** Puts new content into a message of ours. */
  update(message: OutgoingMessage & { readonly ts: string }): Promise<void>;
  /**
   * Which notices stand in a channel since `oldest` (ms), or in one thread of it: notice id -> ts. Looks through at most
   * 10,000 messages.
   */
  listPosted(place: {
    readonly channel: string;
    readonly oldest: number;
    readonly threadTs?: string;
  }): Promise<ReadonlyMap<string, string>>;
}

export interface OutgoingMessage extends BuiltMessage {
  readonly channel: string;
  /** Goes with the message unseen, so that it can be found again. */
  readonly mark: { readonly id: string; readonly revision: number };
}

const noticeEvent = 'sallyport_notice';

type Environment = Record<string, string | undefined>;

/**
 * Slack's own client with its repeats switched off: it would post again after a lost answer, and with that twice. Loaded on
 * first use. Undefined without SLACK_BOT_TOKEN. In a sandbox run SLACK_API_URL must be on this machine: throws `sandbox-not-loopback`.
 */
export function createSlackClient(log: Logger, env: Environment = process.env): SlackClient | undefined {
  const token = env['SLACK_BOT_TOKEN'];
  if (!token) return undefined;
  const url = findApiUrl(env);
  const web = loadWebClient({ token, url, log });
  // Whoever calls hears of it.
  const ready = remember(web);
  return {
    async post({ channel, text, blocks, mark, threadTs }) {
      const metadata = buildMetadata(mark);
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      const quiet = { unfurl_links: false, unfurl_media: false };
      const { ts } = await (await ready()).chat.postMessage({ channel, text, blocks, metadata, ...quiet, ...thread });
      return ts ?? '';
    },
    async update({ channel, ts, text, blocks, mark }) {
      await (await ready()).chat.update({ channel, ts, text, blocks, metadata: buildMetadata(mark) });
    },
    async listPosted({ channel, oldest, threadTs }) {
      const { conversations } = await ready();
      const posted = new Map<string, string>();
      let cursor: string | undefined;
      for (let page = 0; page < 50; page += 1) {
        const ask = {
          channel,
          oldest: (oldest / 1000).toFixed(6),
          include_all_metadata: true,
          limit: 200,
          ...(cursor ? { cursor } : {}),
        };
        const answer =
          threadTs === undefined
            ? await conversations.history(ask)
            : await conversations.replies({ ...ask, ts: threadTs });
        for (const { ts, metadata } of answer.messages ?? []) {
          const id = metadata?.event_type === noticeEvent ? readId(metadata.event_payload) : undefined;
          if (id !== undefined && ts !== undefined) posted.set(id, ts);
        }
        cursor = answer.response_metadata?.next_cursor;
        if (!cursor) break;
      }
      return posted;
    },
  };
}

function findApiUrl(env: Environment): string | undefined {
  const url = env['SLACK_API_URL'];
  if (!env['SALLYPORT_SANDBOX_URL']) return url || undefined;
  if (url) return parseLoopback('SLACK_API_URL', url).href;
  throw new TerminalError('sandbox-not-loopback', 'SLACK_BOT_TOKEN is set in a sandbox run and SLACK_API_URL is not.', {
    hint: 'Set SLACK_API_URL to the Slack stand-in of the sandbox, or unset SLACK_BOT_TOKEN.',
  });
}

function buildMetadata({ id, revision }: OutgoingMessage['mark']) {
  return { event_type: noticeEvent, event_payload: { id, revision } };
}

function readId(payload: unknown): string | undefined {
  const has = typeof payload === 'object' && payload !== null && 'id' in payload;
  return has && typeof payload.id === 'string' ? payload.id : undefined;
}

function loadWebClient({ token, url, log }: { token: string; url: string | undefined; log: Logger }) {
  return async () => {
    // It is CommonJS: built, its exports are those of the default export alone.
    const { default: slack } = await import('@slack/web-api');
    const { WebClient, LogLevel } = slack;
    return new WebClient(token, {
      ...(url === undefined ? {} : { slackApiUrl: url }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
      allowAbsoluteUrls: false,
      logger: {
        // Debug lines hold whole messages.
        debug: () => undefined,
        info: () => undefined,
        warn: (...words) => log.debug('slack client', { said: say(words) }),
        error: (...words) => log.warn('slack client', { said: say(words) }),
        setLevel: () => undefined,
        getLevel: () => LogLevel.WARN,
        setName: () => undefined,
      },
    });
  };
}

function say(words: readonly unknown[]): string {
  return maskSecrets(words.map(String).join(' '));
}

function remember<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
