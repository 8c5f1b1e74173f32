import type { ExportFile, Json } from './oracle-types.ts';

/** One well-formed line, whichever content type and spelling it came in. */
export interface Line {
  readonly name: string;
  readonly resource: Json | undefined;
  readonly policy: Json | undefined;
  readonly deleted: boolean;
  readonly ancestors: readonly string[] | undefined;
  /** Nanoseconds since the epoch; a line without a time is older than all others. */
  readonly updated: bigint;
}

export interface Lines {
  readonly lines: readonly Line[];
  /** `FILE:LINE` of each line that is no asset. */
  readonly malformed: readonly string[];
}

export function readLines(files: readonly ExportFile[]): Lines {
  const lines: Line[] = [];
  const malformed: string[] = [];
  for (const file of files) {
    for (let i = 0; i < file.lines.length; i++) {
      const text = file.lines[i] ?? '';
      // Reading (docs/decisions/0008): a line of white space is no line.
      if (text.trim() === '') continue;
      // CONTRACT 3: "A line that is not a JSON object with a string `name`: `unreadable {malformed-line}`, resource =
      // `FILE:LINE`; the rest is read."
      const line = parseLine(text);
      if (line === undefined) malformed.push(`${file.name}:${i + 1}`);
      else lines.push(line);
    }
  }
  return { lines, malformed };
}

function parseLine(text: string): Line | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const asset = asObject(value);
  if (asset === undefined || typeof asset['name'] !== 'string') return undefined;
  // DESIGN 2: "snake_case there and camelCase in the API"
  const time = asset['update_time'] ?? asset['updateTime'];
  const ancestors = asset['ancestors'];
  return {
    name: asset['name'],
    resource: asObject(asset['resource']),
    policy: asObject(asset['iam_policy'] ?? asset['iamPolicy']),
    deleted: asset['deleted'] === true,
    ancestors: Array.isArray(ancestors) ? ancestors.map(String) : undefined,
    updated: typeof time === 'string' ? instant(time) : beforeAll,
  };
}

const beforeAll = -1n << 100n;

/** CONTRACT 3: "latest update time as an instant": offsets and up to nine decimals count. */
function instant(text: string): bigint {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (parts === null) return beforeAll;
  const milliseconds = Date.parse(`${parts[1]}${parts[3]}`);
  return BigInt(milliseconds) * 1_000_000n + BigInt((parts[2] ?? '').padEnd(9, '0'));
}

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
