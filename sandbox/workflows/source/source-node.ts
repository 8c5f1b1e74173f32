import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Problems } from './problems.ts';

/** A place in the source: what stands there, and in which line (from 1). */
export type SourceNode =
  | { readonly kind: 'scalar'; readonly value: unknown; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly SourceNode[]; readonly line: number }
  | { readonly kind: 'map'; readonly entries: readonly SourceEntry[]; readonly line: number };

export interface SourceEntry {
  readonly key: string;
  readonly value: SourceNode;
  readonly line: number;
}

/** YAML 1.2 or JSON. Undefined where it cannot be read; why is in `problems`. */
export function readSource(text: string, problems: Problems): SourceNode | undefined {
  const counter = new LineCounter();
  const document = parseDocument(text, { intAsBigInt: true, lineCounter: counter, prettyErrors: false });
  const lineOf = (offset: number | undefined) => counter.linePos(offset ?? 0).line;
  for (const { code, message, pos } of document.errors)
    problems.add('yaml', lineOf(pos[0]), message.split('\n')[0] ?? code);
  if (document.errors.length > 0) return undefined;
  return convert(document.contents, 1);

  function convert(node: unknown, above: number): SourceNode {
    if (isAlias(node)) {
      problems.add('alias', lineOf(node.range?.[0]), 'anchors and aliases are not known to be supported');
      return { kind: 'scalar', value: null, line: above };
    }
    if (isSeq(node)) {
      const line = lineOf(node.range?.[0]);
      return { kind: 'list', items: node.items.map((item) => convert(item, line)), line };
    }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        const line = isScalar(key) ? lineOf(key.range?.[0]) : above;
        return { key: String(isScalar(key) ? key.value : key), value: convert(value, line), line };
      });
      return { kind: 'map', entries, line: entries[0]?.line ?? lineOf(node.range?.[0]) };
    }
    if (isScalar(node)) return { kind: 'scalar', value: node.value, line: node.range ? lineOf(node.range[0]) : above };
    return { kind: 'scalar', value: null, line: above };
  }
}

export function entryOf(node: SourceNode | undefined, key: string): SourceEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The text that stands there; undefined for anything else. */
export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** As JSON.parse would give it, whole numbers as numbers: for the schema. */
export function toPlain(node: SourceNode): unknown {
  if (node.kind === 'list') return node.items.map(toPlain);
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, toPlain(value)]));
  return typeof node.value === 'bigint' ? Number(node.value) : node.value;
}
