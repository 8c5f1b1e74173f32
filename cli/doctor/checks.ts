import { accessChecks } from './access.ts';
import type { Check } from './check.ts';
import { eventChecks } from './events.ts';
import { machineChecks } from './machine.ts';
import { memoryChecks } from './memory.ts';
import { scheduleChecks } from './schedule.ts';
import { workChecks } from './work.ts';

/** Every check in the order in which one fails because of the other. */
export const doctorChecks: readonly Check[] = [
  ...machineChecks,
  ...accessChecks,
  ...eventChecks,
  ...workChecks,
  ...scheduleChecks,
  ...memoryChecks,
];
