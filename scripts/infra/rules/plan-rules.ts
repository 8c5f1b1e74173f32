import { eventRules } from './event-rules.ts';
import { grantRules } from './grant-rules.ts';
import { keepingRules } from './keeping-rules.ts';
import type { PlanRule } from './plan-rule.ts';
import { readinessRules } from './readiness-rules.ts';
import { wiringRules } from './wiring-rules.ts';

/** Every rule that a plan is held to. */
export const planRules: readonly PlanRule[] = [
  ...grantRules,
  ...eventRules,
  ...wiringRules,
  ...keepingRules,
  ...readinessRules,
];
