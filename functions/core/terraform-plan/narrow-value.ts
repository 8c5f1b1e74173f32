import { skipString } from './hcl-text.ts';
import type { Segment } from './traversal.ts';

/** A part of an expression's text, and the steps into it that are left. */
export interface NarrowValue {
  readonly text: string;
  readonly rest: readonly Segment[];
}

/**
 * Steps into the text of an object or a list as far as it is written out: `{ a = x, b = y }` and `.b` is `y`. Where the
 * text is anything else (a call, a `for`, a reference) the rest of the steps stays to be done.
 */
export function narrowValue(
  text: string,
  rest: readonly Segment[],
  self: string | number | undefined,
): readonly NarrowValue[] {
  const value = unwrap(text.trim());
  const [segment, ...after] = rest;
  const entries = segment ? readEntries(value) : undefined;
  if (!segment || !entries) return [{ text: value, rest }];
  const key = segment.kind === 'attribute' ? segment.name : segment.kind === 'key' ? segment.key : self;
  const chosen =
    segment.kind === 'any' || key === undefined
      ? entries
      : entries.filter((entry) => entry.key === undefined || entry.key === String(key));
  return chosen.flatMap((entry) => narrowValue(entry.text, after, self));
}

/** A set made of a list has its elements. */
function unwrap(text: string): string {
  const [, inner] = /^(?:toset|tolist|tomap|nonsensitive)\(([\s\S]*)\)$/.exec(text) ?? [];
  return inner === undefined ? text : unwrap(inner.trim());
}

interface Entry {
  /** Undefined: computed. */
  readonly key: string | undefined;
  readonly text: string;
}

/** The entries of an object or list that is written out; undefined for anything else. */
function readEntries(text: string): readonly Entry[] | undefined {
  const open = text[0];
  const close = open === '{' ? '}' : open === '[' ? ']' : undefined;
  if (close === undefined || text.at(-1) !== close || /^[{[]\s*for\b/.test(text)) return undefined;
  const parts = splitParts(text.slice(1, -1), open === '{');
  if (!parts) return undefined;
  return parts.map((part, index) => (open === '[' ? { key: String(index), text: part } : readPair(part)));
}

function readPair(part: string): Entry {
  const [all, word, quoted] = /^(?:([\w-]+)|"([^"$%]*)"|\([\s\S]*?\)|"[^"]*")\s*[=:]\s*/.exec(part) ?? [''];
  return { key: word ?? quoted, text: part.slice(all.length) };
}

/** Parts between commas (in an object: or line ends) outside all brackets; undefined where brackets do not match. */
function splitParts(text: string, byLine: boolean): readonly string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let at = 0;
  const cut = () => {
    const part = text
      .slice(start, at)
      .replace(/^(?:\s|(?:#|\/\/)[^\n]*(?:\n|$))*/, '')
      .trim();
    if (part !== '') parts.push(part);
    start = at + 1;
  };
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '"') {
      at = skipString(text, at);
      continue;
    }
    if (character === '#' || text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
      continue;
    }
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) return undefined;
    if (depth === 0 && (character === ',' || (byLine && character === '\n'))) cut();
    at += 1;
  }
  cut();
  return depth === 0 ? parts : undefined;
}
