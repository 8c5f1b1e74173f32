import { readFile } from 'node:fs/promises';
import type { Document, LineCounter as Lines } from 'yaml';
import { parseSettings, type Settings, settingsSchema } from '../config.ts';
import { TerminalError } from '../errors.ts';

/**
 * Settings from a YAML or JSON file; all defaults without one. Throws `bad-settings`, with line and column where the
 * text has them. The YAML parser is loaded only for what is not JSON: functions must start fast.
 */
export async function readSettingsFile(path: string | undefined): Promise<Settings> {
  if (!path) return parseSettings(undefined);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${cause.code})`;
    throw new TerminalError('bad-settings', `${path}: ${why}.`, {
      hint: 'SALLYPORT_SETTINGS names the settings file; unset it to run with the defaults.',
      cause,
    });
  });
  const json = parseJson(text);
  return json ? parseSettings(json.value, path) : await parseYaml(text, path);
}

function parseJson(text: string): { value: unknown } | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    // It may still be YAML, which has braces too and says where it is wrong.
    return undefined;
  }
}

async function parseYaml(text: string, path: string): Promise<Settings> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw badSettings(path, place(lines, error.pos[0]), error.message.split('\n')[0] ?? 'not YAML');
  const parsed = settingsSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.join('.') || 'the file';
  throw badSettings(
    path,
    place(lines, offsetOf(document, issue?.path ?? [])),
    `${key}: ${issue?.message ?? 'invalid'}`,
  );
}

/** Where the value at a path stands, or the nearest thing above it that is there. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return node.range[0];
  }
  return 0;
}

function place(lines: Lines, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function badSettings(path: string, where: string, why: string): TerminalError {
  return new TerminalError('bad-settings', `${path}:${where}: ${why}`, {
    hint: 'See docs/settings.md for every field and its values.',
  });
}
