import { broadIapInvoker } from './broad-iap-invoker.ts';
import { cdnWithIap } from './cdn-with-iap.ts';
import { conditionalInvoker } from './conditional-invoker.ts';
import { contested } from './contested.ts';
import { danglingNeg } from './dangling-neg.ts';
import { directInvoker } from './direct-invoker.ts';
import { doubleIap } from './double-iap.ts';
import { http2ClassicLoop } from './http2-classic-loop.ts';
import { iapAdmitsNobody } from './iap-admits-nobody.ts';
import { iapInvokerMissing } from './iap-invoker-missing.ts';
import { iapOpenToAll } from './iap-open-to-all.ts';
import { iapServiceAgentMissing } from './iap-service-agent-missing.ts';
import { iapTurnedOff } from './iap-turned-off.ts';
import { ingressBlocksBalancer } from './ingress-blocks-balancer.ts';
import { invokerCheckDisabled } from './invoker-check-disabled.ts';
import { oauthClientUntrusted } from './oauth-client-untrusted.ts';
import { publicInvoker } from './public-invoker.ts';
import { pushAudienceMismatch } from './push-audience-mismatch.ts';
import { pushCallerNotAdmitted } from './push-caller-not-admitted.ts';
import { pushUnauthenticated } from './push-unauthenticated.ts';
import { regionalAudience } from './regional-audience.ts';
import type { Rule } from './rule.ts';
import { runUrlBypass } from './run-url-bypass.ts';
import { staleIapInvoker } from './stale-iap-invoker.ts';
import { unprotectedSiblingPath } from './unprotected-sibling-path.ts';
import { urlMaskTarget } from './url-mask-target.ts';

/** Every rule, once. A new one is a line here, a file beside it, a test table and a page in docs/rules. */
export const rules: readonly Rule[] = [
  broadIapInvoker,
  cdnWithIap,
  conditionalInvoker,
  contested,
  danglingNeg,
  directInvoker,
  doubleIap,
  http2ClassicLoop,
  iapAdmitsNobody,
  iapInvokerMissing,
  iapOpenToAll,
  iapServiceAgentMissing,
  iapTurnedOff,
  ingressBlocksBalancer,
  invokerCheckDisabled,
  oauthClientUntrusted,
  publicInvoker,
  pushAudienceMismatch,
  pushCallerNotAdmitted,
  pushUnauthenticated,
  regionalAudience,
  runUrlBypass,
  staleIapInvoker,
  unprotectedSiblingPath,
  urlMaskTarget,
];
