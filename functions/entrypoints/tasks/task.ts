import * as z from 'zod';
import { TerminalError } from '../../errors.ts';

const text = z.string().min(1).max(1000);
const ofApproval = { reason: z.literal('approval'), project: text, approvalId: text };

const taskSchema = z.union([
  z.object({ reason: z.literal('own-write'), project: text, resource: text, etag: text, eventId: text.optional() }),
  z.object({
    reason: z.enum(['event', 'sweep', 'manual']),
    project: text,
    eventId: text.optional(),
    actor: text.optional(),
    /** What the event was about: a hint at who caused what is found. */
    resource: text.optional(),
    method: text.optional(),
    /** Another function of Sallyport's has looked already and left what this one may do: it is not handed on again. */
    handedOver: z.boolean().optional(),
    /** The how manieth look at what waits for other changes to be in effect. */
    again: z.int().min(1).max(100).optional(),
  }),
  z.object({ ...ofApproval, step: z.literal('ask'), callbackUrl: text }),
  z.object({ ...ofApproval, step: z.enum(['act', 'expire']) }),
  z.object({
    reason: z.literal('decision'),
    approvalId: text,
    planHash: text,
    approved: z.boolean(),
    by: text,
  }),
  z.object({ reason: z.literal('notify') }),
]);

/** One piece of work for `reconcile`. */
export type Task = z.infer<typeof taskSchema>;
export type TaskOf<R extends Task['reason']> = Extract<Task, { reason: R }>;

/** Parsed JSON as a task. Throws `bad-request`, for good. */
export function parseTask(body: unknown): Task {
  const parsed = taskSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const why = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new TerminalError('bad-request', `The request is no task for reconcile: ${why}`, {
    hint: 'POST JSON {"project": "…", "reason": "event" | "sweep" | "manual" | "own-write", …}: docs/events.md',
  });
}
