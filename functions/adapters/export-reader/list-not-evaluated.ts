import type { NotEvaluated } from '../../core/inventory.ts';
import { contractRules, needReasons } from '../../rules/contract-rules.ts';
import type { SeenKinds } from './name-verdict.ts';

/** What an export can never answer, and what this one cannot because it lacks such lines (CONTRACT 3). */
export function listNotEvaluated(kinds: SeenKinds): readonly NotEvaluated[] {
  return [
    { rule: '*', reason: 'deny-policies-not-read' },
    ...contractRules.flatMap(({ id, needs }) => (needs ? [{ rule: id, reason: needReasons[needs] }] : [])),
    ...(kinds.hasIapPolicy ? [] : because('iap-policies-not-in-input', accessorRules)),
    ...(kinds.hasSubscription ? [] : because('no-subscriptions-in-input', pushRules)),
  ];
}

const accessorRules = ['iap-open-to-all', 'iap-admits-nobody', 'push-caller-not-admitted'];
const pushRules = ['push-unauthenticated', 'push-audience-mismatch', 'push-caller-not-admitted', 'regional-audience'];

function because(reason: string, rules: readonly string[]): readonly NotEvaluated[] {
  return rules.map((rule) => ({ rule, reason }));
}
