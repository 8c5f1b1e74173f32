/** Steps over JSON in raw UTF-8 bytes: far enough to find the value of a key, not a validator. */
export const jsonBytes = { quote: 34, comma: 44, slash: 47, colon: 58, backslash: 92, open: 123, close: 125 } as const;

const { quote, comma, colon, backslash } = jsonBytes;

/**
 * The first of `keys` in an object, by its index and where its value begins; `from` is behind the object's opening brace,
 * `last` at its closing one. Undefined when none is there and when the bytes are no JSON up to there.
 */
export function findValue(
  bytes: Uint8Array,
  from: number,
  last: number,
  keys: readonly Uint8Array[],
): { readonly key: number; readonly at: number } | undefined {
  let at = skipSpace(bytes, from);
  while (at < last) {
    const keyStart = at + 1;
    const keyEnd = bytes[at] === quote ? plainStringEnd(bytes, keyStart, last) : -1;
    if (keyEnd === -1) return undefined;
    at = skipSpace(bytes, keyEnd + 1);
    if (bytes[at] !== colon) return undefined;
    at = skipSpace(bytes, at + 1);
    const key = keys.findIndex((word) => isWord(word, bytes, keyStart, keyEnd));
    if (key !== -1) return { key, at };
    at = skipValue(bytes, at, last);
    if (at === -1) return undefined;
    at = skipSpace(bytes, at);
    if (at === last || bytes[at] !== comma) return undefined;
    at = skipSpace(bytes, at + 1);
  }
  return undefined;
}

/** Where a string's closing quote is, `from` being behind the opening one; -1 when it holds an escape or a control character, or does not end before `last`. */
function plainStringEnd(bytes: Uint8Array, from: number, last: number): number {
  for (let at = from; at < last; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return at;
    if (byte === backslash || byte < 32) return -1;
  }
  return -1;
}

/** Whether the bytes from `start` to `end` are exactly this word. */
export function isWord(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at += 1) if (word[at] !== bytes[start + at]) return false;
  return true;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at += 1;
  return at;
}

/** The byte behind the value that begins at `from`; -1 when it does not end before `last`. */
function skipValue(bytes: Uint8Array, from: number, last: number): number {
  let depth = 0;
  let at = from;
  while (at < last) {
    switch (bytes[at]) {
      case quote:
        at = skipString(bytes, at + 1, last);
        if (at === -1 || depth === 0) return at;
        continue;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        if (depth === 0) return at + 1;
        if (depth < 0) return -1;
        break;
      case comma:
        if (depth === 0) return at;
        break;
    }
    at += 1;
  }
  return -1;
}

function skipString(bytes: Uint8Array, from: number, last: number): number {
  for (let at = from; at < last; at += 1) {
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] === backslash) at += 1;
  }
  return -1;
}
