import { AppError } from '../errors.ts';
import { type Letter, parseLetter } from '../events/parse-letter.ts';
import type { GoogleClients } from './google-clients.ts';
import { parseGoogleFailure, withoutPayload } from './google-failure.ts';
import { createGoogleRead } from './google-read.ts';
import { type RetryTiming, withRetry } from './with-retry.ts';

/** A letter that nobody else is given while it is held. */
export interface HeldLetter {
  readonly ackId: string;
  readonly messageId: string;
  /** When it was put on the topic (ms). */
  readonly publishedAt: number;
  readonly letter: Letter;
}

export interface DeadLetterSubscription {
  /** Letters that nobody holds, up to `limit`, held for ten minutes. Throws `read-denied`, `read-failed`. */
  pull(limit: number): Promise<readonly HeldLetter[]>;
  /** Holds them for ten more minutes. Throws `dead-letter-failed`. */
  hold(letters: readonly HeldLetter[]): Promise<void>;
  /** Lets them go: they come again at once. Throws `dead-letter-failed`. */
  giveBack(letters: readonly HeldLetter[]): Promise<void>;
  /** Takes them off for good. Throws `dead-letter-failed`: they then come again, which does no harm. */
  acknowledge(letters: readonly HeldLetter[]): Promise<void>;
}

export interface DeadLetterSubscriptionOptions {
  /** `projects/P/subscriptions/S` */
  readonly subscription: string;
  readonly clients: Pick<GoogleClients, 'pubsub'>;
  readonly timing: RetryTiming;
}

const role = 'roles/pubsub.subscriber';
/** The longest that one call may ask for (pubsub.v1). */
const holdSeconds = 600;
const perCall = 100;

/** The subscription of the dead-letter topic, which only a person reads. */
export function createDeadLetterSubscription(options: DeadLetterSubscriptionOptions): DeadLetterSubscription {
  const { subscription, clients, timing } = options;
  const resource = `//pubsub.googleapis.com/${subscription}`;
  const read = createGoogleRead(timing);

  async function pullOnce(maxMessages: number): Promise<readonly HeldLetter[]> {
    const { projects } = await clients.pubsub();
    // Waiting for what may still come is for subscribers that stay: a person wants an answer now.
    const requestBody = { maxMessages, returnImmediately: true };
    const { data } = await read({ resource, what: 'the letters', role }, () =>
      projects.subscriptions.pull({ subscription, requestBody }),
    );
    const held = (data.receivedMessages ?? []).map(({ ackId, message }) => ({
      ackId: ackId ?? '',
      messageId: message?.messageId ?? '',
      publishedAt: Date.parse(message?.publishTime ?? '') || 0,
      letter: parseLetter({ data: message?.data ?? '', attributes: message?.attributes ?? {} }),
    }));
    await setDeadline(held, holdSeconds);
    return held;
  }

  async function setDeadline(letters: readonly HeldLetter[], ackDeadlineSeconds: number): Promise<void> {
    await inPortions(letters, async (ackIds) => {
      const { projects } = await clients.pubsub();
      await projects.subscriptions.modifyAckDeadline({ subscription, requestBody: { ackIds, ackDeadlineSeconds } });
    });
  }

  async function inPortions(
    letters: readonly HeldLetter[],
    call: (ackIds: string[]) => Promise<unknown>,
  ): Promise<void> {
    for (let from = 0; from < letters.length; from += perCall) {
      const ackIds = letters.slice(from, from + perCall).map(({ ackId }) => ackId);
      try {
        await withRetry(() => call(ackIds), timing);
      } catch (error) {
        const { message } = parseGoogleFailure(error);
        throw new AppError(
          'dead-letter-failed',
          `Letters of ${subscription} could not be held or taken off: ${message}`,
          {
            hint: `Grant ${role} on ${subscription} to whoever works it off.`,
            cause: withoutPayload(error),
          },
        );
      }
    }
  }

  return {
    async pull(limit) {
      const all: HeldLetter[] = [];
      // Pub/Sub may give fewer than there are, and nothing although there is more.
      for (let empty = 0; empty < 2 && all.length < limit; ) {
        const some = await pullOnce(Math.min(perCall, limit - all.length));
        all.push(...some);
        empty = some.length === 0 ? empty + 1 : 0;
      }
      return all.sort((a, b) => a.publishedAt - b.publishedAt);
    },
    hold: (letters) => setDeadline(letters, holdSeconds),
    giveBack: (letters) => setDeadline(letters, 0),
    acknowledge: (letters) =>
      inPortions(letters, async (ackIds) => {
        const { projects } = await clients.pubsub();
        await projects.subscriptions.acknowledge({ subscription, requestBody: { ackIds } });
      }),
  };
}
