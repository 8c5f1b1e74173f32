import { contractRules, needReasons } from '../../rules/contract-rules.ts';
import { rules } from '../../rules/index.ts';
import type { Rule } from '../../rules/rule.ts';
import type { NotEvaluated } from '../inventory.ts';

/** How a door ends: nobody whom IAP lets in gets through, somebody gets round IAP, everybody gets in, or nobody can tell yet. */
export type Door = 'shut' | 'by-passed' | 'public' | 'unknown';

const doors: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['iap-invoker-missing', 'shut'],
  ['conditional-invoker', 'shut'],
  ['ingress-blocks-balancer', 'shut'],
  ['run-url-bypass', 'by-passed'],
  ['unprotected-sibling-path', 'by-passed'],
  ['invoker-check-disabled', 'by-passed'],
  ['public-invoker', 'public'],
  ['iap-open-to-all', 'public'],
]);

/** What a rule says of a door; undefined for rules about other things. A client ID that holds nothing (low) shuts no door. */
export function doorOf({ rule, severity }: { readonly rule: string; readonly severity: string }): Door | undefined {
  return severity === 'low' ? undefined : doors.get(rule);
}

const outside = 'grants-outside-terraform-not-in-plan';

/** What no plan can answer, and why. */
const unanswerable: ReadonlyMap<string, string> = new Map([
  ...contractRules.flatMap(({ id, needs }): [string, string][] =>
    needs ? [[id, needs === 'live-policies' ? outside : needReasons[needs]]] : [],
  ),
  ['dangling-neg', 'services-outside-terraform-not-in-plan'],
  ['iap-admits-nobody', outside],
  ...['push-unauthenticated', 'push-audience-mismatch', 'push-caller-not-admitted', 'regional-audience'].map(
    (id): [string, string] => [id, 'subscriptions-not-read-in-plans'],
  ),
]);

/** The rules that a plan can answer. What they cannot say of it is said once for all, in `planNotEvaluated`. */
export const planRules: readonly Rule[] = rules
  .filter(({ id }) => !unanswerable.has(id))
  .map(({ id, evaluate }) => ({ id, evaluate }));

/** What holds for every plan; rules of the contract that do not exist yet included. */
export const planNotEvaluated: readonly NotEvaluated[] = [
  { rule: '*', reason: 'deny-policies-not-read' },
  { rule: '*', reason: outside },
  ...contractRules.flatMap(({ id }) => {
    const reason = unanswerable.get(id) ?? (rules.some((rule) => rule.id === id) ? undefined : 'rule-not-implemented');
    return reason === undefined ? [] : [{ rule: id, reason }];
  }),
];
