import type { Dice } from './dice.ts';

/** A project as the generator knows it, and how much of that the lines give away. */
export interface RandomProject {
  readonly id: string;
  readonly number: string;
  readonly folders: readonly string[];
  readonly organization: string | undefined;
  /** Which of its two names lines use. */
  readonly spelling: 'id' | 'number' | 'both';
  /** Whether lines carry `ancestors`. */
  readonly hasAncestors: boolean;
  /** No RESOURCE line of it tells the other name. */
  readonly hasProjectLine: boolean;
}

export interface AssetContent {
  /** `//host/` before and the path after `projects/P/`. */
  readonly host: string;
  readonly path: string;
  readonly type: string;
  readonly data?: unknown;
  readonly policy?: unknown;
}

export interface LineStyle {
  readonly camel: boolean;
  /** RESOURCE and IAM_POLICY of an asset in one line. */
  readonly together: boolean;
}

/** One of the two names of a project, as its lines spell it. */
export function spell(project: RandomProject, dice: Dice): string {
  if (project.spelling === 'both') return dice.pick([project.id, project.number]);
  return project[project.spelling];
}

/** The lines that tell about one asset of a project: one or two, and sometimes older, newer or deleting ones. */
export function assetLines(project: RandomProject, content: AssetContent, style: LineStyle, dice: Dice): string[] {
  const parts: AssetContent[] = [];
  const { data, policy, ...rest } = content;
  if (data !== undefined && policy !== undefined && style.together) parts.push(content);
  else {
    if (data !== undefined) parts.push({ ...rest, data });
    if (policy !== undefined) parts.push({ ...rest, policy });
  }
  return parts.map((part) => assetLine(project, part, style, dice));
}

export function assetLine(
  project: RandomProject,
  { host, path, type, data, policy }: AssetContent,
  style: LineStyle,
  dice: Dice,
  extra: Readonly<Record<string, unknown>> = {},
): string {
  const name = `//${host}/projects/${spell(project, dice)}${path === '' ? '' : `/${path}`}`;
  const ancestors = [`projects/${project.number}`, ...project.folders.map((one) => `folders/${one}`)];
  if (project.organization !== undefined) ancestors.push(`organizations/${project.organization}`);
  const resource = { version: 'v1', discovery_name: type.split('/')[1], data };
  const camelResource = { version: 'v1', discoveryName: type.split('/')[1], data };
  const hasAncestors = project.hasAncestors && !dice.chance(0.02);
  const time = dice.chance(0.95) ? randomTime(dice) : dice.pick([undefined, undefined, 'yesterday']);
  const line = style.camel
    ? {
        name,
        assetType: type,
        ...(data === undefined ? {} : { resource: camelResource }),
        ...(policy === undefined ? {} : { iamPolicy: policy }),
        ...(hasAncestors ? { ancestors } : {}),
        ...(time === undefined ? {} : { updateTime: time }),
      }
    : {
        name,
        asset_type: type,
        ...(data === undefined ? {} : { resource }),
        ...(policy === undefined ? {} : { iam_policy: policy }),
        ...(hasAncestors ? { ancestors } : {}),
        ...(time === undefined ? {} : { update_time: time }),
      };
  return writeLine({ ...line, ...extra }, dice);
}

/** The same JSON as different writers put it: keys in another order, spaces, slashes and letters escaped. */
function writeLine(line: Readonly<Record<string, unknown>>, dice: Dice): string {
  const text = JSON.stringify(line);
  if (dice.chance(0.85)) return text;
  const kind = dice.below(5);
  if (kind === 0) return JSON.stringify(line, null, ' ').replaceAll('\n', '');
  if (kind === 1) return JSON.stringify(Object.fromEntries(Object.entries(line).reverse()));
  if (kind === 2) return text.replaceAll('/', '\\/');
  if (kind === 3) return text.replaceAll('googleapis', '\\u0067oogleapis');
  return ` ${text}\t\r`;
}

/** A line for a folder or an organisation. */
export function hierarchyLine(
  kind: 'folders' | 'organizations',
  number: string,
  policy: unknown,
  style: LineStyle,
): string {
  const name = `//cloudresourcemanager.googleapis.com/${kind}/${number}`;
  const type = `cloudresourcemanager.googleapis.com/${kind === 'folders' ? 'Folder' : 'Organization'}`;
  return JSON.stringify(
    style.camel
      ? { name, assetType: type, iamPolicy: policy, ancestors: [`${kind}/${number}`] }
      : { name, asset_type: type, iam_policy: policy, ancestors: [`${kind}/${number}`] },
  );
}

const instants = [0, 1, 2, 3];
const fractions = ['', '.5', '.123456', '.123456788', '.123456789'];
const offsets = ['Z', '+00:00', '+05:30', '-08:00'];

/** One of a few instants close together, in one of several spellings: contests and ties happen. */
function randomTime(dice: Dice): string {
  const offset = dice.pick(offsets);
  const shift = offset === 'Z' ? 0 : (offset.startsWith('-') ? -1 : 1) * minutes(offset.slice(1));
  const local = new Date(Date.UTC(2026, 10, 20, 23, 30, dice.pick(instants)) + shift * 60_000);
  return `${local.toISOString().slice(0, 19)}${dice.pick(fractions)}${offset}`;
}

function minutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

const broken = [
  '{',
  '[]',
  '"a text"',
  'null',
  '{}',
  '42',
  '{"name": 5}',
  '{"asset_type": "run.googleapis.com/Service"}',
  'ERROR: gcloud',
];

/** A line that is no asset; sometimes a real one that breaks off. */
export function malformedLine(lines: readonly string[], dice: Dice): string {
  if (lines.length === 0 || dice.chance(0.6)) return dice.pick(broken);
  const whole = dice.pick(lines);
  // What the reader may pass over on purpose is left out (docs/decisions/0005): a broken line of no interest that ends with
  // a brace, and two lines in one with white space between.
  if (dice.chance(0.2)) return whole.trim() + dice.pick(lines).trim();
  return whole.slice(0, 1 + dice.below(whole.length - 1)).replace(/[}\s]+$/, ',');
}
