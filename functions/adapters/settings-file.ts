import { readFile } from 'node:fs/promises';
import { type Settings, settingsSchema } from '../config.ts';
import { TerminalError } from '../errors.ts';

/**
 * Settings from a YAML or JSON file; all defaults without one. Throws `bad-settings` with every problem at its line and
 * column, and what to write instead. The YAML parser is loaded only for what is not JSON: functions must start fast.
 */
export async function readSettingsFile(path: string | undefined): Promise<Settings> {
  if (!path) return settingsSchema.parse({});
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${cause.code})`;
    throw new TerminalError('bad-settings', `${path}: ${why}.`, {
      hint: '--settings or SALLYPORT_SETTINGS names the settings file; leave out both to run with the defaults.',
      cause,
    });
  });
  return parseJson(text) ?? (await parseYaml(text, path));
}

/** Settings when the text is JSON and valid. Anything else goes to the YAML parser, which takes JSON too and says where it is wrong. */
function parseJson(text: string): Settings | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return settingsSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function parseYaml(text: string, path: string): Promise<Settings> {
  // By its default: that is all that a bundled CommonJS package has when it is imported on first use.
  const {
    default: { LineCounter, parseDocument },
  } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error) throw badSettings([`${at(error.pos[0])}: ${error.message.split('\n')[0] ?? 'not YAML'}`]);
  const parsed = settingsSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const [{ describeIssues }, { closest }] = await Promise.all([
    import('./settings-issues.ts'),
    import('fastest-levenshtein'),
  ]);
  const issues = describeIssues(document, parsed.error, (word, words) => closest(word, [...words]));
  throw badSettings(issues.map(({ offset, message }) => `${at(offset)}: ${message}`));
}

function badSettings(problems: readonly string[]): TerminalError {
  return new TerminalError('bad-settings', problems.join('\n'), {
    hint: 'See docs/settings.md for every field and its values.',
  });
}
