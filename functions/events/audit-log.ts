import * as z from 'zod';
import { TerminalError } from '../errors.ts';

// Each schema that is made costs a cold start; those that are used more than once are made once.
const name = z.string().min(1);
const optionalText = optional(z.string());
const optionalFlag = optional(z.boolean());

/**
 * An audit-log entry (LogEntryData) as far as it is used. Real entries carry much more, in many spellings (`@type` or
 * `at_sign_type`, times with a blank, labels of every kind): all that is let through unread. Source: FACTS 1.
 */
const auditLogEntry = z.object({
  insertId: optionalText,
  logName: optionalText,
  protoPayload: z.object({
    serviceName: name,
    methodName: name,
    resourceName: optionalText,
    status: optional(z.object({ code: optional(integer()) })),
    authenticationInfo: optional(z.object({ principalEmail: optionalText, principalSubject: optionalText })),
    request: z.object({ name: z.unknown().optional() }).optional().catch(undefined),
    response: optional(z.object({ etag: z.unknown().optional() })),
  }),
  resource: optional(z.object({ type: optionalText, labels: optional(z.record(z.string(), z.unknown())) })),
  operation: optional(z.object({ first: optionalFlag, last: optionalFlag })),
});

export type AuditLogEntry = z.infer<typeof auditLogEntry>;

/** Throws `event-unusable` with the path of what is missing or has the wrong type. */
export function parseAuditLog(value: unknown): AuditLogEntry {
  const parsed = auditLogEntry.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') || 'the entry';
  throw new TerminalError('event-unusable', `${path} is not as in an audit-log entry: ${issue?.message ?? 'invalid'}`);
}

/** What can still be told of an entry that does not parse: whatever of its names is text. Never throws. */
export function glimpseAuditLog(value: unknown): z.infer<ReturnType<typeof buildGlimpse>> {
  return buildGlimpse().parse(value);
}

function buildGlimpse() {
  const text = z.string().optional().catch(undefined);
  const payload = z.object({ serviceName: text, methodName: text, resourceName: text });
  return z.object({ insertId: text, logName: text, protoPayload: payload.optional().catch(undefined) }).catch({});
}

/** JSON made from protocol buffers may write an absent field as null. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

function integer() {
  return z.union([
    z.int(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ]);
}
