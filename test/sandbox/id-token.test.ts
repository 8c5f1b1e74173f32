import assert from 'node:assert/strict';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { createIdTokens } from '../../sandbox/id-token.ts';

describe('ID tokens of the sandbox', () => {
  it('are signed for everybody who holds the JWKS, with the claims of a Google ID token', async () => {
    const idTokens = await createIdTokens();
    const token = await idTokens.mint({ email: 'push@p.iam.gserviceaccount.com', audience: 'https://a.example' });
    const { payload } = await jwtVerify(token, createLocalJWKSet(idTokens.jwks), { audience: 'https://a.example' });
    assert.equal(payload.iss, 'https://accounts.google.com');
    assert.equal(payload['email'], 'push@p.iam.gserviceaccount.com');
    assert.equal(payload['email_verified'], true);
    assert.match(String(payload.sub), /^\d{21}$/);
    assert.equal(Number(payload.exp) - Number(payload.iat), 3600);
  });

  it('tell apart garbage, a foreign signature, a foreign issuer, a wrong audience and an expired token', async () => {
    const [ours, theirs] = [await createIdTokens(), await createIdTokens()];
    const request = { email: 'a@example.com', audience: 'x' };
    const reason = async (token: string) => {
      const verdict = await ours.verify(token, ['x']);
      return verdict.ok ? 'ok' : verdict.reason;
    };
    assert.equal(await reason('ya29.garbage'), 'not-a-jwt');
    assert.equal(await reason('a.b.c'), 'not-a-jwt');
    assert.equal(await reason(await theirs.mint(request)), 'signature');
    assert.equal(await reason(await ours.mint({ ...request, issuer: 'https://issuer.example' })), 'issuer');
    assert.equal(await reason(await ours.mint({ ...request, audience: 'y' })), 'audience');
    assert.equal(await reason(await ours.mint({ ...request, expiresIn: -5 })), 'expired');
    assert.equal(await reason(await ours.mint(request)), 'ok');
    assert.equal(decodeJwt(await ours.mint(request)).aud, 'x');
  });
});
