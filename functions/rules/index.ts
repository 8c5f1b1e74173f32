import { iapInvokerMissing } from './iap-invoker-missing.ts';
import type { Rule } from './rule.ts';

/** Every rule, once. A new one is a line here, a file beside it, a test table and a page in docs/rules. */
export const rules: readonly Rule[] = [iapInvokerMissing];
