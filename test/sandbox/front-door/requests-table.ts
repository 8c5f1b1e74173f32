import type { Row } from './request-row.ts';
import { agentRequests } from './requests-agent.ts';
import { balancerRequests } from './requests-balancer.ts';
import { iapRequests } from './requests-iap.ts';
import { pushRequests } from './requests-push.ts';
import { routeRequests } from './requests-route.ts';
import { runRequests } from './requests-run.ts';

/**
 * Requests and the answers that Google would give, written by hand from FACTS, each with its section: what the front door is
 * held to. Every row starts from the estate of `two-door-estate.ts` anew, changed by its own `given`.
 */
export const requests: readonly Row[] = [
  ...balancerRequests,
  ...routeRequests,
  ...iapRequests,
  ...agentRequests,
  ...runRequests,
  ...pushRequests,
];
