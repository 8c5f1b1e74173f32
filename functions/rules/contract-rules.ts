/** What a rule needs beyond what every source has; nothing = every source can answer it. */
export type RuleNeed = 'live-policies' | 'ledger' | 'write';

export interface ContractRule {
  readonly id: string;
  readonly needs?: RuleNeed;
}

/**
 * Every rule that the contract names (CONTRACT 2), built or not: a report lists those that nobody answered, so that
 * silence never reads as clean.
 */
export const contractRules: readonly ContractRule[] = [
  { id: 'iap-invoker-missing' },
  { id: 'iap-service-agent-missing', needs: 'write' },
  { id: 'oauth-client-untrusted' },
  { id: 'public-invoker' },
  { id: 'invoker-check-disabled' },
  { id: 'direct-invoker' },
  { id: 'conditional-invoker' },
  { id: 'stale-iap-invoker', needs: 'live-policies' },
  { id: 'broad-iap-invoker' },
  { id: 'run-url-bypass' },
  { id: 'ingress-blocks-balancer' },
  { id: 'unprotected-sibling-path' },
  { id: 'double-iap' },
  { id: 'cdn-with-iap' },
  { id: 'http2-classic-loop' },
  { id: 'dangling-neg' },
  { id: 'url-mask-target' },
  { id: 'iap-turned-off', needs: 'ledger' },
  { id: 'iap-open-to-all' },
  { id: 'iap-admits-nobody' },
  { id: 'push-unauthenticated' },
  { id: 'push-audience-mismatch' },
  { id: 'push-caller-not-admitted' },
  { id: 'regional-audience' },
  { id: 'contested', needs: 'ledger' },
];

/** Why an asset export cannot answer a rule, by what the rule needs (CONTRACT 3); scans of every kind write nothing. */
export const needReasons: Readonly<Record<RuleNeed, string>> = {
  'live-policies': 'asset-data-may-be-stale',
  ledger: 'needs-ledger',
  write: 'needs-a-write',
};
