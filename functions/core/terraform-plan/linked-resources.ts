import { listInterpolations, listStrings } from './hcl-text.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import { type Origin, originsOf, resolveOrigins, type ValuePath } from './resolve-expression.ts';

export interface LinkedResources {
  readonly resources: readonly PlannedResource[];
  /** References that could not be followed, in words. */
  readonly open: readonly string[];
}

/** The resources of some types that an argument refers to, each once. Texts that are made of a name and something else name another thing: they link to nothing. */
export function linkedResources(
  view: PlanView,
  resource: PlannedResource,
  path: ValuePath,
  isWanted: (resource: PlannedResource) => boolean,
): LinkedResources {
  return followOrigins(view, originsOf(view, resource, path), isWanted);
}

/** The same for expressions that are at hand. */
export function followOrigins(
  view: PlanView,
  origins: readonly Origin[],
  isWanted: (resource: PlannedResource) => boolean,
): LinkedResources {
  const whole = origins.filter(({ expression }) => expression.text === undefined || !isComposed(expression.text));
  const { resources, open } = resolveOrigins(view, whole);
  const wanted = resources.map(({ resource }) => resource).filter(isWanted);
  return { resources: [...new Set(wanted)], open };
}

/** `"${x.name}-v2"`, `format("%s-v2", x.name)`: not the thing itself. A path such as `"projects/p/…/${x.name}"` is it. */
function isComposed(text: string): boolean {
  if (/\b(format|join|replace|regex|substr|lower|upper|title|trim\w*|sha\d+|md5|base64\w*)\s*\(/.test(text))
    return true;
  return listStrings(text).some((one) => listInterpolations(one).length > 0 && !/(^|\/)[$]\{[^{}]*\}$/.test(one));
}
