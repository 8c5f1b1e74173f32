import type { PathMatcher, RouteMatch, RouteTarget } from '../inventory.ts';
import { matchesRegex } from './path-regex.ts';
import { matchesTemplate } from './path-template.ts';

/** What keeps a match from being certain. */
export type MatchDoubt =
  | 'several-balancers'
  | 'certificates-not-known'
  | 'certificates-do-not-cover'
  | 'url-map-not-read'
  | 'path-matcher-missing'
  | 'balancers-not-read'
  | 'route-looks-at-more-than-the-path'
  | 'path-pattern-not-evaluated'
  | 'not-a-web-address';

/** Where a path may be sent; more than one where only the rest of the request decides, and then `doubts` say why. */
export interface Route {
  /** The rule as a person finds it in the URL map. */
  readonly rule: string;
  readonly targets: readonly RouteTarget[];
  readonly doubts: readonly MatchDoubt[];
}

/** The path rule or route rule that takes a path, as the URL map would choose it; a matcher has rules of one of the two kinds. */
export function matchRoute(matcher: PathMatcher, path: string): Route {
  if (matcher.routeRules.length > 0) return matchRouteRules(matcher, path);
  let best: { readonly pattern: string; readonly target: RouteTarget } | undefined;
  for (const { paths, target } of matcher.pathRules) {
    for (const pattern of paths) {
      if (takesPath(pattern, path) && (!best || isMoreExact(pattern, best.pattern))) best = { pattern, target };
    }
  }
  if (!best) return { rule: `default of ${matcher.name}`, targets: [matcher.defaultTarget], doubts: [] };
  return { rule: `path ${best.pattern} of ${matcher.name}`, targets: [best.target], doubts: [] };
}

/** `/shop/*` takes `/shop/` and what is below it, not `/shop`. */
function takesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function isMoreExact(pattern: string, other: string): boolean {
  const [isExact, isOtherExact] = [!pattern.endsWith('/*'), !other.endsWith('/*')];
  return isExact === isOtherExact ? pattern.length > other.length : isExact;
}

/** In order of priority. A rule of which the URL alone does not tell whether it takes the request leaves two ways open. */
function matchRouteRules({ name, routeRules, defaultTarget }: PathMatcher, path: string): Route {
  const targets: RouteTarget[] = [];
  const doubts = new Set<MatchDoubt>();
  for (const { priority, matches, target } of routeRules.toSorted((a, b) => a.priority - b.priority)) {
    const verdicts = matches.length === 0 ? [true] : matches.map((match) => takes(match, path));
    const takesIt = verdicts.includes(true);
    const open = verdicts.filter((one) => typeof one === 'string');
    if (!takesIt && open.length === 0) continue;
    targets.push(target);
    const rule = `rule ${priority} of ${name}`;
    if (takesIt) return { rule, targets, doubts: [...doubts] };
    for (const doubt of open) doubts.add(doubt);
  }
  return { rule: `default of ${name}`, targets: [...targets, defaultTarget], doubts: [...doubts] };
}

function takes(match: RouteMatch, path: string): boolean | MatchDoubt {
  const byPath = takesByPath(match, path);
  if (byPath === undefined) return 'path-pattern-not-evaluated';
  return byPath && match.hasOtherConditions ? 'route-looks-at-more-than-the-path' : byPath;
}

/** A match without a path condition takes every path. */
function takesByPath(
  { prefix, fullPath, regex, pathTemplate, ignoreCase }: RouteMatch,
  path: string,
): boolean | undefined {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  if (fullPath !== undefined) return fold(path) === fold(fullPath);
  if (prefix !== undefined) return fold(path).startsWith(fold(prefix));
  if (regex !== undefined) return matchesRegex(regex, path);
  if (pathTemplate !== undefined) return matchesTemplate(pathTemplate, path);
  return true;
}
