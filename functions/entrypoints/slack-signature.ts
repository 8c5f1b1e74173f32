import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  /** The bytes as they came. */
  readonly rawBody: Buffer;
  /** `X-Slack-Request-Timestamp`: seconds since the epoch. */
  readonly timestamp: string | undefined;
  /** `X-Slack-Signature`: `v0=` and 64 hex digits. */
  readonly signature: string | undefined;
}

const windowSeconds = 300;

/** Why a request is not Slack's; undefined = Slack made it, in the last 5 minutes (FACTS 18). */
export function findForgery(
  { rawBody, timestamp, signature }: SignedRequest,
  { secret, now }: { readonly secret: string; readonly now: number },
): 'unsigned' | 'forged' | 'too-old' | undefined {
  if (!timestamp || !/^\d{1,12}$/.test(timestamp) || !signature) return 'unsigned';
  const want = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex')}`,
  );
  const have = Buffer.from(signature);
  if (have.length !== want.length || !timingSafeEqual(have, want)) return 'forged';
  // After the signature: who cannot sign learns nothing of our clock.
  return Math.abs(now / 1000 - Number(timestamp)) > windowSeconds ? 'too-old' : undefined;
}
