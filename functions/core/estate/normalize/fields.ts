/** Reads fields of JSON that somebody else wrote: a value of the asked kind, or undefined; never a throw. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** A JSON object; undefined for arrays, null and everything else. */
export function parseRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

/** A text that is not empty: Google writes '' where it means nothing. */
export function parseText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The elements of a list; none where there is no list. */
export function parseList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a list, in order. */
export function parseTexts(value: unknown): readonly string[] {
  return parseList(value).filter((element) => typeof element === 'string');
}

/** The entries of a map whose values are texts; the very map where all are. */
export function parseTextMap(value: unknown): Readonly<Record<string, string>> {
  const record = parseRecord(value) ?? {};
  if (isTextMap(record)) return record;
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isTextMap(record: JsonRecord): record is Readonly<Record<string, string>> {
  for (const key of Object.keys(record)) if (typeof record[key] !== 'string') return false;
  return true;
}
