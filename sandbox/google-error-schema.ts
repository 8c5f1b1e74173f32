import { z } from 'zod';
import type { ApiMethod, ApiReply } from './api.ts';
import type { SchemaProblem } from './discovery-schema.ts';

const item = z.strictObject({
  message: z.string(),
  domain: z.string(),
  reason: z.string(),
  location: z.string().optional(),
  locationType: z.string().optional(),
});
const statuses = z.enum([
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'ABORTED',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'UNIMPLEMENTED',
]);
const computeError = z.strictObject({
  error: z.strictObject({ code: z.int(), message: z.string().min(1), errors: z.array(item).min(1) }),
});
const onePlatformError = z.strictObject({
  error: z.strictObject({
    code: z.int(),
    message: z.string().min(1),
    status: statuses,
    errors: z.array(item).optional(),
    details: z.array(z.looseObject({ '@type': z.string() })).optional(),
  }),
});

/** What is wrong with the body of a refusal: Compute's and Storage's have `errors[]` and no `status`, all others a `status`; the code in the body is that of the answer. Discovery does not describe errors; this is FACTS 2 and 3. */
export function validateErrorBody(method: ApiMethod, reply: ApiReply): SchemaProblem[] {
  const parsed = (/^(compute|storage)\./.test(method.document) ? computeError : onePlatformError).safeParse(reply.body);
  if (!parsed.success) return [{ kind: 'wrong-type', path: 'error', message: z.prettifyError(parsed.error) }];
  if (parsed.data.error.code === reply.status) return [];
  return [
    {
      kind: 'wrong-type',
      path: 'error.code',
      message: `error.code is ${parsed.data.error.code} in an answer of ${reply.status}`,
    },
  ];
}
