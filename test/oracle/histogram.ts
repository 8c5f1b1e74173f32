import { type Seen, situations } from './situations.ts';

const severities = ['critical', 'medium'];

/** The rules that an export can break, with each severity and mode they can have: what every long check must meet. */
const findingsToMeet = [
  'iap-invoker-missing high enforce',
  'iap-invoker-missing high approve',
  'iap-invoker-missing high observe',
  'iap-invoker-missing low enforce',
  'iap-invoker-missing low approve',
  'iap-invoker-missing low observe',
  'oauth-client-untrusted high observe',
  ...severities.map((severity) => `public-invoker ${severity} approve`),
  ...severities.map((severity) => `public-invoker ${severity} observe`),
  ...severities.map((severity) => `invoker-check-disabled ${severity} observe`),
  'direct-invoker medium approve',
  'conditional-invoker medium observe',
  'broad-iap-invoker medium observe',
  'run-url-bypass medium approve',
  'ingress-blocks-balancer high observe',
  'unprotected-sibling-path medium observe',
  'double-iap medium observe',
  'cdn-with-iap medium observe',
  'http2-classic-loop medium observe',
  'dangling-neg medium observe',
  'url-mask-target low observe',
  'iap-open-to-all critical observe',
  'iap-admits-nobody low observe',
  'push-unauthenticated high observe',
  'push-audience-mismatch high approve',
  'push-audience-mismatch high observe',
  'push-caller-not-admitted high approve',
  'regional-audience high approve',
];

const gapsToMeet = [
  'dangling-neg',
  'first-generation-or-missing-function',
  'iap-policies-not-in-input',
  'no-subscriptions-in-input',
  'no-balancers-in-input',
  'several-balancers',
  'certificates-not-known',
  'certificates-do-not-cover',
  'url-map-not-read',
  'path-matcher-missing',
  'balancers-not-read',
  'backend-not-read',
  'route-looks-at-more-than-the-path',
  'path-pattern-not-evaluated',
  'iap-settings-not-read',
  'accessor-under-a-condition',
  'members-not-expanded',
  'custom-role-not-expanded',
  'service-not-read',
  'url-mask',
  'direct-iap',
];

const unreadableToMeet = ['malformed-line', 'neg-not-exported', 'project-number-unknown', 'iam-policy-not-exported'];

/** How many estates showed each situation of the contract. */
export type Histogram = Map<string, number>;

export function createHistogram(): Histogram {
  return new Map(
    [
      ...Object.keys(situations),
      ...findingsToMeet.map((one) => `finding: ${one}`),
      ...unreadableToMeet.map((one) => `unreadable: ${one}`),
      ...gapsToMeet.map((one) => `not evaluated: ${one}`),
    ].map((name) => [name, 0]),
  );
}

/** Adds one estate to the counts. */
export function countSituations(histogram: Histogram, seen: Seen): void {
  const { findings, unreadable, notEvaluated } = seen.report;
  const met = new Set(Object.keys(situations).filter((name) => situations[name]?.(seen)));
  for (const { rule, severity, mode } of findings) met.add(`finding: ${rule} ${severity} ${mode}`);
  for (const { code } of unreadable) met.add(`unreadable: ${code}`);
  for (const { rule, reason } of notEvaluated) met.add(`not evaluated: ${rule === 'dangling-neg' ? rule : reason}`);
  for (const name of met) if (histogram.has(name)) histogram.set(name, (histogram.get(name) ?? 0) + 1);
}

/** The situations that were met too seldom to say that both sides agree on them. */
export function rareSituations(histogram: Histogram, least: number): readonly string[] {
  return [...histogram].filter(([, count]) => count < least).map(([name, count]) => `${name}: ${count}`);
}
