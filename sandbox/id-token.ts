import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

const idTokenIssuer = 'https://accounts.google.com';

/** Google's ID tokens, signed with a key of this sandbox run. */
export interface IdTokens {
  /** Public keys, as `https://www.googleapis.com/oauth2/v3/certs` gives them. */
  readonly jwks: JSONWebKeySet;
  mint(request: IdTokenRequest): Promise<string>;
  verify(token: string, audiences: readonly string[]): Promise<IdTokenVerdict>;
}

export interface IdTokenRequest {
  readonly email: string;
  readonly audience: string;
  /** Seconds; negative for a token that has expired already. Default 3600. */
  readonly expiresIn?: number;
  /** Default Google's; any other is what no real token of Google has. */
  readonly issuer?: string;
}

export type IdTokenVerdict =
  | { readonly ok: true; readonly email: string }
  | { readonly ok: false; readonly reason: 'not-a-jwt' | 'signature' | 'expired' | 'issuer' }
  | { readonly ok: false; readonly reason: 'audience'; readonly audience: string };

/** Makes the key pair (RS256, about 0.1 s) and what signs and checks with it. `now` decides about issue and expiry. */
export async function createIdTokens(options: { readonly now?: () => Date } = {}): Promise<IdTokens> {
  const now = options.now ?? (() => new Date());
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = await exportJWK(publicKey);
  const kid = createHash('sha256').update(JSON.stringify(jwk)).digest('hex').slice(0, 40);
  const jwks: JSONWebKeySet = { keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] };
  const keys = createLocalJWKSet(jwks);
  return {
    jwks,
    mint({ email, audience, expiresIn = 3600, issuer = idTokenIssuer }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const subject = buildSubject(email);
      return new SignJWT({ azp: subject, email, email_verified: true })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt(Math.min(issuedAt, issuedAt + expiresIn - 1))
        .setExpirationTime(issuedAt + expiresIn)
        .sign(privateKey);
    },
    async verify(token, audiences) {
      if (!isJwt(token)) return { ok: false, reason: 'not-a-jwt' };
      try {
        const { payload } = await jwtVerify(token, keys, { algorithms: ['RS256'], currentDate: now() });
        if (payload.iss !== idTokenIssuer) return { ok: false, reason: 'issuer' };
        const accepted = [payload.aud ?? []].flat().some((audience) => audiences.includes(audience));
        if (!accepted) return { ok: false, reason: 'audience', audience: String(payload.aud ?? '') };
        return { ok: true, email: String(payload['email'] ?? '') };
      } catch (cause) {
        if (cause instanceof errors.JWTExpired) return { ok: false, reason: 'expired' };
        if (cause instanceof errors.JOSEError) return { ok: false, reason: 'signature' };
        throw cause;
      }
    },
  };
}

/** The 21-digit number that Google gives an account; the same for the same e-mail. */
export function buildSubject(email: string): string {
  const hash = createHash('sha256').update(email).digest();
  return `1${(hash.readBigUInt64BE() % 10n ** 20n).toString().padStart(20, '0')}`;
}

function isJwt(token: string): boolean {
  try {
    decodeProtectedHeader(token);
    const payload: JWTPayload = decodeJwt(token);
    return typeof payload === 'object';
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof errors.JOSEError) return false;
    throw cause;
  }
}
