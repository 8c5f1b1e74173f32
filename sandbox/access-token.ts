import { z } from 'zod';
import type { Caller } from './api.ts';

const payload = z.object({ email: z.string().min(3) });

/** The token that the sandbox's metadata server hands to a client that runs as this service account. */
export function buildAccessToken(email: string): string {
  return `sandbox.${Buffer.from(JSON.stringify({ email })).toString('base64url')}`;
}

/** Who a bearer token stands for: the account of a token of `buildAccessToken`; any other text is the administrator `admin@example.com`. */
export function parseAccessToken(token: string): Caller {
  const email = token.startsWith('sandbox.') ? parseEmail(token.slice('sandbox.'.length)) : undefined;
  if (!email) return { member: 'user:admin@example.com', email: 'admin@example.com' };
  const kind = email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user';
  return { member: `${kind}:${email}`, email };
}

function parseEmail(encoded: string): string | undefined {
  try {
    return payload.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString())).email;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof z.ZodError) return undefined;
    throw cause;
  }
}
