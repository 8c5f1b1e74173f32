import * as z from 'zod';

/** A press of one of our buttons. */
export interface Press {
  readonly approvalId: string;
  readonly planHash: string;
  readonly approved: boolean;
  readonly userId: string;
  readonly userName: string;
  readonly responseUrl: string | undefined;
}

const id = z.string().regex(/^[A-Z0-9]{2,30}$/);
const payloadSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id, username: z.string().max(200).optional(), name: z.string().max(200).optional() }),
  response_url: z.string().max(2000).optional(),
  actions: z
    .array(
      z.object({
        type: z.literal('button'),
        action_id: z.enum(['sallyport-approve', 'sallyport-reject']),
        value: z.string().max(2000),
      }),
    )
    .length(1),
});
const valueSchema = z.strictObject({
  approvalId: z.string().regex(/^[0-9a-z-]{1,100}$/),
  planHash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The body of an interaction (a form with one field `payload`) as a press; undefined for anything else. */
export function parsePress(body: string): Press | undefined {
  const payload = payloadSchema.safeParse(parseJson(new URLSearchParams(body).get('payload'))).data;
  const [action] = payload?.actions ?? [];
  const value = valueSchema.safeParse(parseJson(action?.value)).data;
  if (!payload || !action || !value) return undefined;
  const { user } = payload;
  return {
    ...value,
    approved: action.action_id === 'sallyport-approve',
    userId: user.id,
    userName: user.username ?? user.name ?? user.id,
    responseUrl: payload.response_url,
  };
}

function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    // What is no JSON is no press: the schemas say so.
    return undefined;
  }
}
