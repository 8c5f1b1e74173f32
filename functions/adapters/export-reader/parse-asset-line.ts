import { parseRecord, parseText, parseTexts } from '../../core/normalize/fields.ts';

/** One line of an asset export; snake_case in files, camelCase as the API answers. */
export interface AssetLine {
  readonly name: string;
  /** RFC 3339, as it was written; empty where there is none. */
  readonly updateTime: string;
  readonly deleted: boolean;
  /** `resource.data` of a RESOURCE line. */
  readonly resource?: { readonly data: unknown };
  /** The policy of an IAM_POLICY line. */
  readonly policy?: unknown;
  /** `projects/NUMBER`, `folders/N`, …, `organizations/N`; nearest first. */
  readonly ancestors?: readonly string[];
}

/** An asset from the text of a line; undefined for what is no JSON object with a `name` of its own. */
export function parseAssetLine(text: string): AssetLine | undefined {
  const line = parseRecord(parseJson(text));
  const name = line?.['name'];
  if (!line || typeof name !== 'string') return undefined;
  const resource = parseRecord(line['resource']);
  const policy = line['iam_policy'] ?? line['iamPolicy'];
  return {
    name,
    updateTime: parseText(line['update_time']) ?? parseText(line['updateTime']) ?? '',
    deleted: line['deleted'] === true,
    ...(resource ? { resource: { data: resource['data'] } } : {}),
    ...(policy === undefined || policy === null ? {} : { policy }),
    ...(Array.isArray(line['ancestors']) ? { ancestors: parseTexts(line['ancestors']) } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
