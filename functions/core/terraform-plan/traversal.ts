import { listInterpolations, skipString } from './hcl-text.ts';

/** One step of a reference: `.name`, `["key"]`, `[each.key]` (the key of whoever refers), or an index nobody can tell. */
export type Segment =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'key'; readonly key: string | number }
  | { readonly kind: 'each' }
  | { readonly kind: 'any' };

/** A reference such as `module.region["a"].neg`; its first segment is an attribute. */
export type Traversal = readonly Segment[];

/** The first traversal in a text; undefined where there is none. */
export function parseTraversal(text: string): Traversal | undefined {
  return listTraversals(text)[0];
}

/**
 * Every traversal in the text of an expression, also inside interpolations and indices. Function names are left out;
 * keys of objects and variables of `for` come out too: whoever follows them finds that they name no resource.
 */
export function listTraversals(text: string): readonly Traversal[] {
  const found: Traversal[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '"') {
      const end = skipString(text, at);
      for (const inner of listInterpolations(text.slice(at + 1, end - 1))) found.push(...listTraversals(inner));
      at = end;
    } else if (character === '#' || text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (/[A-Za-z_]/.test(character)) {
      const { traversal, end, inner } = readTraversal(text, at);
      if (traversal) found.push(traversal);
      for (const index of inner) found.push(...listTraversals(index));
      at = end;
    } else if (/[0-9]/.test(character)) at = skipWord(text, at);
    else at += 1;
  }
  return found;
}

function readTraversal(text: string, start: number): { traversal?: Traversal; end: number; inner: readonly string[] } {
  let at = skipWord(text, start);
  const segments: Segment[] = [{ kind: 'attribute', name: text.slice(start, at) }];
  const inner: string[] = [];
  for (;;) {
    const attribute = stick(/\s*\.([A-Za-z_][\w-]*|\d+|\*)/y, text, at);
    if (attribute) {
      const [all, name = ''] = attribute;
      if (name === '*') segments.push({ kind: 'any' });
      else segments.push(/^\d/.test(name) ? { kind: 'key', key: Number(name) } : { kind: 'attribute', name });
      at += all.length;
    } else if (text[at] === '[') {
      const end = skipBrackets(text, at);
      const index = text.slice(at + 1, end - 1).trim();
      segments.push(parseIndex(index));
      if (!index.startsWith('"')) inner.push(index);
      at = end;
    } else break;
  }
  const isCall = stick(/\s*(\(|::)/y, text, at) !== null;
  return isCall || constants.has(text.slice(start, at)) ? { end: at, inner } : { traversal: segments, end: at, inner };
}

const constants: ReadonlySet<string> = new Set(['true', 'false', 'null', 'for', 'in', 'if', 'else', 'endif', 'endfor']);

function parseIndex(index: string): Segment {
  if (/^\d+$/.test(index)) return { kind: 'key', key: Number(index) };
  if (/^"(?:[^"\\$%]|[$%](?!\{)|\\.)*"$/.test(index)) return { kind: 'key', key: parseQuoted(index) };
  return /^(each\.(key|value)|count\.index)$/.test(index) ? { kind: 'each' } : { kind: 'any' };
}

function parseQuoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    // An escape that JSON does not know: the text as it stands.
    return quoted.slice(1, -1);
  }
}

function skipWord(text: string, at: number): number {
  return at + (stick(/[\w-]+/y, text, at)?.[0].length ?? 1);
}

function skipBrackets(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    if (text[at] === '"') at = skipString(text, at);
    else {
      if (text[at] === '[') depth += 1;
      if (text[at] === ']') depth -= 1;
      at += 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}

function stick(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
