import * as z from 'zod';
import { type Facts, keysOf } from './keys-of.ts';

/** One dead letter, whoever wrote it. All texts are foreign. */
export interface Letter extends Omit<Facts, 'project'> {
  /** An error code, or `not-delivered` for what Pub/Sub itself gave up. */
  readonly code: string;
  /** Id or number of the project to look at; undefined: it names none that could be one. */
  readonly project: string | undefined;
}

export interface LetterMessage {
  /** Base64. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Reads a message of the dead-letter topic: a letter of Sallyport's own, or the event as it was when Pub/Sub gave up
 * delivering it. Never throws: what is neither is a letter without a project.
 */
export function parseLetter({ data, attributes }: LetterMessage): Letter {
  const value = parseJson(Buffer.from(data, 'base64').toString('utf8'));
  const own = ownLetter.safeParse(value);
  if (own.success) return { ...own.data, project: projectOf(own.data.project) };
  const { kind, project, ...facts } = keysOf({ message: { data } });
  const code = 'code' in facts && kind === 'unusable' ? facts.code : 'not-delivered';
  const attempts = attributes['CloudPubSubDeadLetterSourceDeliveryCount'];
  const isLook = kind === 'reconcile' || kind === 'own-write';
  const gaveUp = attempts === undefined ? 'Pub/Sub could not deliver it' : `not delivered in ${attempts} attempts`;
  return { ...facts, code, project: isLook ? projectOf(project) : undefined, why: isLook ? gaveUp : facts.why };
}

const text = z.string().max(2000);
const fact = text.exactOptional();

/** As `buildDeadLetter` writes it: flat texts. */
const ownLetter = z.object({
  code: text.regex(/^[a-z-]+$/),
  why: text,
  project: fact,
  eventId: fact,
  insertId: fact,
  logName: fact,
  service: fact,
  method: fact,
  resource: fact,
  actor: fact,
});

function projectOf(name: string | undefined): string | undefined {
  return name !== undefined && /^[a-z0-9][a-z0-9.:-]{2,62}$/.test(name) ? name : undefined;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
