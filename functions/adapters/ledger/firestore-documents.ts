import { createHash } from 'node:crypto';
import { TerminalError } from '../../errors.ts';
import { type Documents, fields, type Kind } from './documents.ts';

/** A document as Firestore keeps it: plain fields as they are, all others as JSON text; `expireAt` for its time to live. */
export type Stored = Record<string, string | number | boolean | Date>;

/** The own collection of a kind: a database may be shared with others. */
export function collectionOf(kind: Kind): string {
  return `sallyport-${kind}`;
}

/** Firestore ends a document at 1 MiB with names and ids; what is left is room for those. */
const maxBytes = 1_000_000;
const dayMs = 86_400_000;

/** Throws a terminal `ledger-failed` for what is larger than Firestore takes: nothing of it is written. */
export function encode(kind: Kind, document: object, retentionDays: number): Stored {
  const forms = new Map<string, 'plain' | 'json'>(Object.entries(fields[kind]));
  const stored: Stored = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue;
    const kept = forms.get(name) === 'plain' ? toPlain(value) : JSON.stringify(value);
    bytes += name.length + (typeof kept === 'string' ? Buffer.byteLength(kept) : 8);
    stored[name] = kept;
    if (name === 'endedAt' && typeof value === 'number') stored['expireAt'] = new Date(value + retentionDays * dayMs);
  }
  if (bytes <= maxBytes) return stored;
  throw new TerminalError(
    'ledger-failed',
    `A ${kind} of ${bytes} bytes is larger than a Firestore document may be (1 MiB); it was not written.`,
    { hint: 'Look what makes it so large: most likely a policy or a finding with thousands of members or paths.' },
  );
}

export function parseStored<K extends Kind>(kind: K, stored: Readonly<Record<string, unknown>>): Documents[K] {
  const document: Record<string, unknown> = {};
  for (const [name, form] of Object.entries(fields[kind])) {
    const value = stored[name];
    if (value !== undefined) document[name] = form === 'json' ? JSON.parse(String(value)) : value;
  }
  return document as Documents[K];
}

/**
 * Any text as an id that Firestore takes: no slash, not `.` or `..`, not `__…__`, 1,500 bytes at most. Two texts never
 * give the same id.
 */
export function encodeId(text: string): string {
  const id = text.replace(/[%/]|^\.|^__/g, (part) => [...part].map((one) => `%${hex(one)}`).join(''));
  return id !== '' && Buffer.byteLength(id) <= 1500 ? id : `%%${createHash('sha256').update(text).digest('hex')}`;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}

function toPlain(value: unknown): string | number | boolean {
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
