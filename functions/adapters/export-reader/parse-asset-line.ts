import { parseRecord, parseText } from '../../core/estate/normalize/fields.ts';

/** One line of an asset export; snake_case in files, camelCase as the API answers. */
export interface AssetLine {
  readonly name: string;
  /** RFC 3339, as it was written; empty where there is none. */
  readonly updateTime: string;
  readonly deleted: boolean;
  /** `resource.data` of a RESOURCE line. */
  readonly resource: { readonly data: unknown } | undefined;
  /** The policy of an IAM_POLICY line; undefined for all others. */
  readonly policy: unknown;
  /** `projects/NUMBER`, `folders/N`, …, `organizations/N`; nearest first. */
  readonly ancestors: readonly string[] | undefined;
}

/** An asset from the text of a line; undefined for what is no JSON object with a `name` of its own. */
export function parseAssetLine(text: string): AssetLine | undefined {
  const line = parseRecord(parseJson(text));
  const name = line?.['name'];
  if (!line || typeof name !== 'string') return undefined;
  const resource = parseRecord(line['resource']);
  const ancestors = line['ancestors'];
  return {
    name,
    updateTime: parseText(line['update_time']) ?? parseText(line['updateTime']) ?? '',
    deleted: line['deleted'] === true,
    resource: resource && { data: resource['data'] },
    policy: line['iam_policy'] ?? line['iamPolicy'] ?? undefined,
    ancestors: isTexts(ancestors) ? ancestors : undefined,
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
