import type { Document, Node } from 'yaml';
import type * as z from 'zod';
import { buildSettingsSchema } from './settings-schema.ts';

export interface SettingsIssue {
  /** Where the text has it: offset of the key that should not be there, else of the value that is wrong. */
  readonly offset: number;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

type Nearest = (word: string, words: readonly string[]) => string;
type Path = readonly PropertyKey[];

/** Every problem of a settings document in the words of its reader: field, what is wrong, what to write instead. */
export function describeIssues(
  document: Document.Parsed,
  error: z.ZodError,
  nearest: Nearest,
): readonly SettingsIssue[] {
  const issues = error.issues.flatMap((issue) => describe(issue, [], document, nearest));
  return issues.sort((a, b) => a.offset - b.offset);
}

function describe(issue: z.core.$ZodIssue, above: Path, document: Document.Parsed, nearest: Nearest): SettingsIssue[] {
  const path = [...above, ...issue.path];
  const at = path.map(String).join('.') || 'the file';
  const one = (instead: string): SettingsIssue[] => [
    { offset: valueOffset(document, path), message: `${at} ${tellWrong(document.getIn(path))}. ${instead}` },
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        offset: keyOffset(document, path, key),
        message: `${[...path, key].map(String).join('.')} is no field. ${suggest(key, knownFields(path), nearest)}`,
      }));
    case 'invalid_value':
      return one(suggest(String(document.getIn(path)), issue.values.map(String), nearest));
    case 'invalid_union': {
      // The branch that understood most of it (an object for an object) says best what is wrong.
      const branches = [...issue.errors].sort((a, b) => depth(b) - depth(a));
      return (branches[0] ?? []).flatMap((inner) => describe(inner, path, document, nearest));
    }
    case 'invalid_type':
      return one(`Write ${kinds[issue.expected] ?? `a value of type ${issue.expected}`}.`);
    case 'too_small':
      return one(issue.origin === 'string' ? 'Write a text.' : `Write a number from ${issue.minimum} on.`);
    case 'too_big':
      return one(`Write a number up to ${issue.maximum}.`);
    case 'invalid_format':
      return one(`Write ${issue.format === 'date' ? 'a day of the calendar as YYYY-MM-DD' : issue.message}.`);
    default:
      return [{ offset: valueOffset(document, path), message: `${at}: ${issue.message}.` }];
  }
}

/** What is expected, as a reader of the file would call it. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields with values below it',
  record: 'fields with values below it',
};

function tellWrong(given: unknown): string {
  if (given === undefined) return 'is missing';
  if (given === null || given === '') return 'is empty';
  return `cannot be ${JSON.stringify(given)}`;
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));
}

function suggest(word: string, words: readonly string[], nearest: Nearest): string {
  const list = words.join(', ');
  if (words.length === 0) return 'Leave it out.';
  if (words.length <= 5) return `Write one of: ${list}.`;
  return `Did you mean ${nearest(word, words)}?`;
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly propertyNames?: SchemaNode;
  readonly enum?: readonly string[];
}

/** The fields that the schema knows at a path. */
function knownFields(path: Path): readonly string[] {
  let nodes: readonly SchemaNode[] = [buildSettingsSchema() as SchemaNode];
  for (const step of path) {
    const inner = nodes.map((node) => (typeof step === 'number' ? node.items : node.properties?.[String(step)]));
    nodes = inner.filter((node) => node !== undefined).flatMap((node) => [node, ...(node.anyOf ?? [])]);
  }
  const named = nodes.flatMap((node) => [node.propertyNames ?? {}, ...(node.propertyNames?.anyOf ?? [])]);
  return [
    ...nodes.flatMap((node) => Object.keys(node.properties ?? {})),
    ...named.flatMap((names) => names.enum ?? []),
  ];
}

function valueOffset(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isPlaced(node)) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document.Parsed, path: Path, key: string): number {
  const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  const items: unknown = typeof map === 'object' && map !== null && 'items' in map ? map.items : [];
  for (const pair of Array.isArray(items) ? items : []) {
    const node: unknown = pair?.key;
    if (isPlaced(node) && String((node as { value?: unknown }).value) === key) return node.range[0];
  }
  return valueOffset(document, path);
}

function isPlaced(node: unknown): node is Node & { readonly range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
