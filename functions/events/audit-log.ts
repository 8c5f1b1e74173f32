import * as z from 'zod';
import { TerminalError } from '../errors.ts';

/**
 * An audit-log entry (LogEntryData) as far as it is used. Real entries carry much more, in many spellings (`@type` or
 * `at_sign_type`, times with a blank, labels of every kind): all that is let through unread. Source: FACTS 1.
 */
const auditLogEntry = z.object({
  insertId: optional(z.string()),
  logName: optional(z.string()),
  protoPayload: z.object({
    serviceName: z.string().min(1),
    methodName: z.string().min(1),
    resourceName: optional(z.string()),
    status: optional(z.object({ code: optional(integer()) })),
    authenticationInfo: optional(
      z.object({ principalEmail: optional(z.string()), principalSubject: optional(z.string()) }),
    ),
    response: optional(z.object({ etag: z.unknown().optional() })),
  }),
  resource: optional(z.object({ type: optional(z.string()), labels: optional(z.record(z.string(), z.unknown())) })),
  operation: optional(z.object({ first: optional(z.boolean()), last: optional(z.boolean()) })),
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

const text = z.string().optional().catch(undefined);

const glimpse = z
  .object({
    insertId: text,
    logName: text,
    protoPayload: z.object({ serviceName: text, methodName: text, resourceName: text }).optional().catch(undefined),
  })
  .catch({});

/** What can still be told of an entry that does not parse: whatever of its names is text. Never throws. */
export function glimpseAuditLog(value: unknown): z.infer<typeof glimpse> {
  return glimpse.parse(value);
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
