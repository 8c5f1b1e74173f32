export interface RuleText {
  /** One clause: what is wrong. */
  readonly short: string;
  /** A sentence or two: why it matters. */
  readonly full: string;
}

/** What each rule finds, for tools that show a rule beside its findings. At length: docs/rules/<id>.md. */
export const ruleTexts: Readonly<Record<string, RuleText>> = {
  'broad-iap-invoker': {
    short: "IAP's identity may invoke every service of a project or more",
    full: 'A grant on the project, folder or organisation opens every service there to any backend with IAP; grant it on each service.',
  },
  'cdn-with-iap': {
    short: 'Cloud CDN and IAP on one backend service',
    full: 'IAP does not work with Cloud CDN: what is cached is served without asking who asks.',
  },
  'conditional-invoker': {
    short: 'IAP may invoke a service only under a condition',
    full: 'A conditional grant does not keep the door open: requests are refused whenever the condition does not hold.',
  },
  'direct-invoker': {
    short: 'People may invoke a service directly',
    full: 'People enter through IAP by roles/iap.httpsResourceAccessor; run.invoker on the service lets them past it.',
  },
  'double-iap': {
    short: 'IAP on the backend service and on the Cloud Run service',
    full: 'IAP cannot be used on both: requests are checked twice, and the second check does not know the user.',
  },
  'http2-classic-loop': {
    short: 'HTTP/2 to Cloud Run behind a classic balancer with IAP',
    full: 'This combination redirects without end.',
  },
  'iap-invoker-missing': {
    short: 'IAP may not invoke a service that it guards',
    full: "Without roles/run.invoker for IAP's service agent everyone whom IAP lets in gets a 403 from that regional service.",
  },
  'iap-open-to-all': {
    short: 'IAP lets everybody in',
    full: 'allUsers or allAuthenticatedUsers hold roles/iap.httpsResourceAccessor: the outer door has no lock.',
  },
  'ingress-blocks-balancer': {
    short: 'Ingress keeps the load balancer out',
    full: 'With ingress internal or none, requests from an external load balancer never reach the service.',
  },
  'invoker-check-disabled': {
    short: "Cloud Run's invoker check is turned off",
    full: 'Whoever reaches the service is let in: there is only one door left.',
  },
  'oauth-client-untrusted': {
    short: 'A backend service names an OAuth client that nobody trusts',
    full: 'The client ID is not of the accepted form, or belongs to a project that is not trusted.',
  },
  'public-invoker': {
    short: 'Everybody may invoke a service behind IAP',
    full: "allUsers or allAuthenticatedUsers hold an invoking role: Cloud Run's door is off its hinges.",
  },
  'run-url-bypass': {
    short: 'A service behind IAP answers on its own URL',
    full: 'With ingress all and the default URL on, the run.app address leads past the load balancer and its IAP.',
  },
  'unprotected-sibling-path': {
    short: 'A service behind IAP is also behind a backend without IAP',
    full: 'That way in asks nobody who they are.',
  },
  'url-mask-target': {
    short: 'A backend with IAP uses a NEG with a URL mask',
    full: 'The mask can reach every service of its region, so the services behind it are not judged.',
  },
};
