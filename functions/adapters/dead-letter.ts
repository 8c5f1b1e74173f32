import { AppError } from '../errors.ts';
import type { Facts } from '../events/keys-of.ts';
import type { AccessToken } from './metadata-token.ts';
import { callRest, errorText } from './rest-call.ts';
import { maskSecrets } from './scrub.ts';

/** Where events go that can never lead to a reconcile, so that somebody sees them and `replay` can take them up. */
export interface DeadLetters {
  /** Throws `dead-letter-failed`. */
  publish(letter: DeadLetter): Promise<void>;
}

/** Made of named facts only: request, response and every other part of the event stay behind (DESIGN 6.13, 6.14). */
export type DeadLetter = { readonly [key in keyof Facts]: string } & { readonly code: string };

/** What may be kept of an event; each text without credentials and bounded. */
export function buildDeadLetter(facts: Facts, code: string): DeadLetter {
  const kept = letterFields.flatMap((key) => {
    const value = facts[key];
    return value === undefined ? [] : [[key, maskSecrets(value)]];
  });
  return { why: '', ...Object.fromEntries(kept), code };
}

const letterFields = [
  'why',
  'eventId',
  'insertId',
  'logName',
  'service',
  'method',
  'project',
  'resource',
  'actor',
] as const satisfies readonly (keyof Facts)[];

export interface PubsubOptions {
  /** `projects/P/topics/T` */
  readonly topic: string;
  readonly apiRoot: string;
  readonly token: AccessToken;
}

/** Dead letters on a Pub/Sub topic, one message a letter, with the code as an attribute. */
export function createDeadLetters({ topic, apiRoot, token }: PubsubOptions): DeadLetters {
  const failed = (why: string, cause?: unknown) =>
    new AppError('dead-letter-failed', `The event could not be put on ${topic}: ${why}`, {
      hint: 'The function needs roles/pubsub.publisher on the topic.',
      cause,
    });
  return {
    async publish(letter) {
      const data = Buffer.from(JSON.stringify(letter)).toString('base64');
      const body = { messages: [{ data, attributes: { code: letter.code } }] };
      const request = { method: 'POST', url: `${apiRoot}/v1/${topic}:publish`, body } as const;
      const reply = await callRest(request, { token, failed });
      if (reply.status !== 200) throw failed(`Pub/Sub answered ${reply.status} ${errorText(reply)}`);
    },
  };
}
