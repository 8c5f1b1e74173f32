import { cdnWithIap } from './cdn-with-iap.ts';
import { danglingNeg } from './dangling-neg.ts';
import { doubleIap } from './double-iap.ts';
import { http2ClassicLoop } from './http2-classic-loop.ts';
import { iapAdmitsNobody } from './iap-admits-nobody.ts';
import { iapInvokerMissing } from './iap-invoker-missing.ts';
import { iapOpenToAll } from './iap-open-to-all.ts';
import { iapServiceAgentMissing } from './iap-service-agent-missing.ts';
import type { Rule } from './rule.ts';
import { staleIapInvoker } from './stale-iap-invoker.ts';
import { urlMaskTarget } from './url-mask-target.ts';

/** Every rule, once. A new one is a line here, a file beside it, a test table and a page in docs/rules. */
export const rules: readonly Rule[] = [
  cdnWithIap,
  danglingNeg,
  doubleIap,
  http2ClassicLoop,
  iapAdmitsNobody,
  iapInvokerMissing,
  iapOpenToAll,
  iapServiceAgentMissing,
  staleIapInvoker,
  urlMaskTarget,
];
