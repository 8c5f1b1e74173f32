import type { DoorRequest } from './door.ts';
import { at, listAt, textAt } from './json.ts';

/** What a match rule asks for that nobody here can tell; undefined where all of it can be told. */
export function unknownCondition(condition: unknown): string | undefined {
  if (listAt(condition, 'metadataFilters').length > 0) return 'metadataFilters';
  const patterns = [condition, ...listAt(condition, 'headerMatches'), ...listAt(condition, 'queryParameterMatches')];
  return patterns.some((each) => !isPattern(textAt(each, 'regexMatch'))) ? 'regexMatch of this form' : undefined;
}

/** Whether a request meets a match rule of a route: its path, and every header and query parameter that it names (compute.v1 HttpRouteRuleMatch). */
export function matchesRoute(condition: unknown, request: DoorRequest): boolean {
  const query = new URLSearchParams(request.query);
  return (
    matchesPath(condition, request.path) &&
    listAt(condition, 'headerMatches').every((match) => matchesHeader(match, request)) &&
    listAt(condition, 'queryParameterMatches').every((match) =>
      matchesText(match, query.get(textAt(match, 'name') ?? '') ?? undefined),
    )
  );
}

function matchesPath(condition: unknown, path: string): boolean {
  const fold = (text: string) => (at(condition, 'ignoreCase') === true ? text.toLowerCase() : text);
  const [full, pattern, template] = ['fullPathMatch', 'regexMatch', 'pathTemplateMatch'].map((name) =>
    textAt(condition, name),
  );
  if (full !== undefined) return fold(full) === fold(path);
  if (pattern !== undefined) return whole(pattern).test(path);
  if (template !== undefined) return templatePattern(template).test(path);
  return fold(path).startsWith(fold(textAt(condition, 'prefixMatch') ?? '/'));
}

/** `{name}` and `*` stand for one segment, `{name=**}` and `**` for any number. */
function templatePattern(template: string): RegExp {
  const source = template.split(/(\{[^}]*\}|\*\*|\*)/).map((part) => {
    if (part === '**' || /^\{.*=\*\*\}$/.test(part)) return '.*';
    return part === '*' || part.startsWith('{') ? '[^/]+' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`);
}

function matchesHeader(match: unknown, { headers, host, method }: DoorRequest): boolean {
  const name = (textAt(match, 'headerName') ?? '').toLowerCase();
  const pseudo: Readonly<Record<string, string>> = { ':authority': host, ':method': method };
  const given = pseudo[name] ?? headers[name];
  const value = given === undefined ? undefined : [given].flat().join(',');
  return matchesText(match, value) !== (at(match, 'invertMatch') === true);
}

function matchesText(match: unknown, value: string | undefined): boolean {
  if (at(match, 'presentMatch') !== undefined) return (value !== undefined) === (at(match, 'presentMatch') === true);
  if (value === undefined) return false;
  const [exact, prefix, suffix, pattern] = ['exactMatch', 'prefixMatch', 'suffixMatch', 'regexMatch'].map((name) =>
    textAt(match, name),
  );
  if (exact !== undefined) return value === exact;
  if (prefix !== undefined) return value.startsWith(prefix);
  if (suffix !== undefined) return value.endsWith(suffix);
  if (pattern !== undefined) return whole(pattern).test(value);
  const [start, end] = [at(match, 'rangeMatch', 'rangeStart'), at(match, 'rangeMatch', 'rangeEnd')];
  return /^-?\d+$/.test(value) && Number(value) >= Number(start) && Number(value) < Number(end);
}

function isPattern(source: string | undefined): boolean {
  if (source === undefined) return true;
  try {
    return Boolean(whole(source));
  } catch (cause) {
    if (cause instanceof SyntaxError) return false;
    throw cause;
  }
}

/** Google's expressions are RE2 and hold for the whole text. */
function whole(source: string): RegExp {
  return new RegExp(`^(?:${source})$`);
}
