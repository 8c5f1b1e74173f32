import type { NotEvaluated } from '../../core/inventory.ts';
import type { SeenKinds } from './name-verdict.ts';

/** What an export can never answer, and what this one cannot because it lacks such lines (CONTRACT 3). */
export function listNotEvaluated(kinds: SeenKinds): readonly NotEvaluated[] {
  return [
    ...because('deny-policies-not-read', ['*']),
    ...because('asset-data-may-be-stale', ['stale-iap-invoker']),
    ...because('needs-a-write', ['iap-service-agent-missing']),
    ...because('needs-ledger', ['iap-turned-off', 'contested']),
    ...(kinds.hasIapPolicy
      ? []
      : because('iap-policies-not-in-input', ['iap-open-to-all', 'iap-admits-nobody', 'push-caller-not-admitted'])),
    ...(kinds.hasSubscription ? [] : because('no-subscriptions-in-input', pushRules)),
  ];
}

const pushRules = ['push-unauthenticated', 'push-audience-mismatch', 'push-caller-not-admitted', 'regional-audience'];

function because(reason: string, rules: readonly string[]): readonly NotEvaluated[] {
  return rules.map((rule) => ({ rule, reason }));
}
