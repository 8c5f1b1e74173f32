import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Signed-in people. The key lives as long as the front door. */
export interface Sessions {
  /** A `Set-Cookie` value that says who signed in. */
  issue(email: string): string;
  /** Who the request's cookie says it is; undefined without one, or when it was not issued here. */
  read(cookieHeader: string | undefined): string | undefined;
}

const name = 'sandbox_iap_session';

export function createSessions(): Sessions {
  const key = randomBytes(32);
  const sign = (value: string) => createHmac('sha256', key).update(value).digest();
  return {
    issue(email) {
      const value = Buffer.from(email).toString('base64url');
      return `${name}=${value}.${sign(value).toString('base64url')}; Path=/; HttpOnly; SameSite=Lax`;
    },
    read(cookieHeader = '') {
      for (const cookie of cookieHeader.split(';')) {
        const [, value, signature] = /^\s*sandbox_iap_session=([\w-]+)\.([\w-]+)\s*$/.exec(cookie) ?? [];
        if (value === undefined || signature === undefined) continue;
        const given = Buffer.from(signature, 'base64url');
        const right = sign(value);
        if (given.length === right.length && timingSafeEqual(given, right))
          return Buffer.from(value, 'base64url').toString();
      }
      return undefined;
    },
  };
}
