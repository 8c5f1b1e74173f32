import { skipString } from './hcl-text.ts';

/** A body of Terraform's language: arguments as text, and nested blocks, in order. */
export interface HclBody {
  readonly attributes: ReadonlyMap<string, string>;
  readonly blocks: readonly HclBlock[];
}

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  /** First line, from 1. */
  readonly line: number;
  readonly body: HclBody;
}

/** The blocks of a `*.tf` file. What it does not understand it steps over: it never throws, and always ends. */
export function parseHcl(text: string): HclBody {
  return parseBody({ text, at: 0, line: 1, counted: 0 }, 0);
}

interface Cursor {
  readonly text: string;
  at: number;
  /** Line of the offset `counted`. */
  line: number;
  counted: number;
}

/** Nobody nests blocks this deep; a hostile file may. */
const deepest = 50;

function parseBody(cursor: Cursor, depth: number): HclBody {
  const attributes = new Map<string, string>();
  const blocks: HclBlock[] = [];
  const { text } = cursor;
  for (;;) {
    skipSpace(cursor, true);
    if (cursor.at >= text.length) break;
    if (text[cursor.at] === '}') {
      cursor.at += 1;
      if (depth > 0) break;
      continue;
    }
    const word = readWord(cursor);
    if (word === undefined) {
      cursor.at = text[cursor.at] === '"' ? skipString(text, cursor.at) : cursor.at + 1;
      continue;
    }
    const line = lineOf(cursor);
    skipSpace(cursor, false);
    if (text[cursor.at] === '=' && text[cursor.at + 1] !== '=') {
      cursor.at += 1;
      const start = cursor.at;
      skipExpression(cursor);
      attributes.set(word, text.slice(start, cursor.at).trim());
      continue;
    }
    const labels = readLabels(cursor);
    if (text[cursor.at] !== '{' || depth >= deepest) continue;
    cursor.at += 1;
    blocks.push({ type: word, labels, line, body: parseBody(cursor, depth + 1) });
  }
  return { attributes, blocks };
}

function readLabels(cursor: Cursor): readonly string[] {
  const { text } = cursor;
  const labels: string[] = [];
  for (;;) {
    skipSpace(cursor, false);
    if (text[cursor.at] === '"') {
      const end = skipString(text, cursor.at);
      labels.push(text.slice(cursor.at + 1, end - 1));
      cursor.at = end;
      continue;
    }
    const word = readWord(cursor);
    if (word === undefined) return labels;
    labels.push(word);
  }
}

/** To the end of an argument's value: a line end or a closing bracket outside all brackets and strings. */
function skipExpression(cursor: Cursor): void {
  const { text } = cursor;
  let depth = 0;
  while (cursor.at < text.length) {
    const character = text[cursor.at] ?? '';
    const heredoc = character === '<' ? stick(/<<-?([A-Za-z_][\w-]*)[^\n]*\n/y, text, cursor.at) : null;
    if (heredoc) cursor.at = skipHeredoc(text, cursor.at + heredoc[0].length, heredoc[1] ?? '');
    else if (character === '"') cursor.at = skipString(text, cursor.at);
    else if (isComment(text, cursor.at)) skipComment(cursor);
    else if ('([{'.includes(character)) {
      depth += 1;
      cursor.at += 1;
    } else if (')]}'.includes(character)) {
      if (depth === 0) return;
      depth -= 1;
      cursor.at += 1;
    } else if (character === '\n' && depth === 0) return;
    else cursor.at += 1;
  }
}

function skipHeredoc(text: string, start: number, mark: string): number {
  const end = new RegExp(`^[ \\t]*${mark}[ \\t]*$`, 'm').exec(text.slice(start));
  return end ? start + end.index + end[0].length : text.length;
}

function skipSpace(cursor: Cursor, lines: boolean): void {
  const { text } = cursor;
  for (;;) {
    const space = stick(lines ? /[\s\uFEFF]+/y : /[ \t\r]+/y, text, cursor.at);
    if (space) cursor.at += space[0].length;
    else if (isComment(text, cursor.at)) skipComment(cursor);
    else return;
  }
}

function isComment(text: string, at: number): boolean {
  return text[at] === '#' || text.startsWith('//', at) || text.startsWith('/*', at);
}

function skipComment(cursor: Cursor): void {
  const { text } = cursor;
  const isLong = text.startsWith('/*', cursor.at);
  const end = text.indexOf(isLong ? '*/' : '\n', cursor.at);
  cursor.at = end === -1 ? text.length : end + (isLong ? 2 : 0);
}

function readWord(cursor: Cursor): string | undefined {
  const word = stick(/[A-Za-z_][\w-]*/y, cursor.text, cursor.at)?.[0];
  if (word !== undefined) cursor.at += word.length;
  return word;
}

/** Each stretch of the text is counted once. */
function lineOf(cursor: Cursor): number {
  for (let at = cursor.counted; at < cursor.at; at++) if (cursor.text[at] === '\n') cursor.line += 1;
  cursor.counted = cursor.at;
  return cursor.line;
}

function stick(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
