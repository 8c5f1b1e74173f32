import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import { settingsSchema } from '../functions/config.ts';
import { TerminalError } from '../functions/errors.ts';

/** An exemption as the settings file writes it. */
export interface NewExemption {
  readonly rule: string;
  readonly resource: string;
  readonly subject?: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

/** The lines to put under `exemptions:` by hand. */
export function printExemption(exemption: NewExemption): string {
  return stringify({ exemptions: [exemption] }, { lineWidth: 0 });
}

/**
 * Adds an exemption to a settings file, YAML or JSON. All else in it stays, comments too, though blanks may move; a file
 * that is not there is made. What would be no valid settings is not written. Throws `bad-settings`.
 */
export function addExemption(path: string, exemption: NewExemption): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const next = withExemption(text, exemption, path);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, next, existsSync(path) ? { mode: statSync(path).mode } : {});
  renameSync(temporary, path);
}

function withExemption(text: string, exemption: NewExemption, path: string): string {
  const isJson = /^\s*\{/.test(text);
  const document = parseDocument(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    throw notValid(path, document.errors[0]?.message.split('\n')[0] ?? 'it is no list of settings');
  }
  const all = document.get('exemptions');
  if (isSeq(all)) {
    const item = document.createNode(exemption);
    all.add(item);
    // An empty list is written as [] and would stay on one line.
    if (all.items.length === 1 && !isJson) all.flow = false;
  } else document.set('exemptions', document.createNode([exemption]));
  const parsed = settingsSchema.safeParse(document.toJS());
  if (!parsed.success) throw notValid(path, parsed.error.issues[0]?.message ?? 'it would not be valid');
  return isJson
    ? `${JSON.stringify(document.toJS(), null, 2)}\n`
    : document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function notValid(path: string, why: string): TerminalError {
  return new TerminalError('bad-settings', `${path}: ${why}. Nothing was written.`, {
    hint: 'sallyport scan --settings FILE says what is wrong with it, line by line.',
  });
}
