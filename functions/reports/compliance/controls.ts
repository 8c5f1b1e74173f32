/**
 * Which controls a rule relates to. The mapping is our own judgement; a clean rule is no pass of any control (FACTS 20).
 * Titles: NIST SP 800-53 rev 5.1.1, ISO/IEC 27001:2022 Annex A.
 */
const access = [
  'NIST AC-3 Access Enforcement',
  'NIST AC-6 Least Privilege',
  'ISO A.8.3 Information Access Restriction',
];
const boundary = [
  'NIST AC-4 Information Flow Enforcement',
  'NIST SC-7 Boundary Protection',
  'ISO A.8.20 Network Security',
];
const configuration = ['NIST CM-6 Configuration Settings', 'ISO A.8.9 Configuration Management'];
const authentication = [
  'NIST IA-2 Identification and Authentication (Organizational Users)',
  'ISO A.8.5 Secure Authentication',
];

const byRule: Readonly<Record<string, readonly string[]>> = {
  'iap-invoker-missing': [...access, ...configuration],
  'iap-service-agent-missing': configuration,
  'oauth-client-untrusted': authentication,
  'public-invoker': [...access, ...boundary],
  'invoker-check-disabled': [...access, ...boundary],
  'direct-invoker': access,
  'conditional-invoker': access,
  'stale-iap-invoker': access,
  'broad-iap-invoker': access,
  'run-url-bypass': boundary,
  'ingress-blocks-balancer': configuration,
  'unprotected-sibling-path': boundary,
  'double-iap': configuration,
  'cdn-with-iap': boundary,
  'http2-classic-loop': configuration,
  'dangling-neg': configuration,
  'url-mask-target': boundary,
  'iap-turned-off': [...boundary, ...configuration],
  'iap-open-to-all': access,
  'iap-admits-nobody': configuration,
  'push-unauthenticated': authentication,
  'push-audience-mismatch': authentication,
  'push-caller-not-admitted': access,
  'regional-audience': authentication,
  contested: ['NIST CM-3 Configuration Change Control', 'ISO A.8.32 Change Management'],
};

/** Controls of the report itself: that somebody looks, who may change what, and that it is written down. */
export const processControls: readonly { readonly control: string; readonly evidence: string }[] = [
  { control: 'NIST CA-7 Continuous Monitoring', evidence: 'the sweeps of the period' },
  {
    control: 'NIST CM-6(1) Automated Management, Application, and Verification',
    evidence: 'changes made, and looked at again',
  },
  {
    control: 'NIST CM-3 Configuration Change Control',
    evidence: 'each change with its state before and after, approvals',
  },
  {
    control: 'NIST CM-5 Access Restrictions for Change',
    evidence: 'who approved what; one account for each capability',
  },
  { control: 'NIST AU-12 Audit Record Generation', evidence: 'this report, and the SHA-256 of its files' },
  { control: 'ISO A.5.28 Collection of Evidence', evidence: 'this report, and the SHA-256 of its files' },
];

/** Titles of the controls that a rule relates to; empty for a rule that is not known. */
export function controlsOf(rule: string): readonly string[] {
  return byRule[rule] ?? [];
}
