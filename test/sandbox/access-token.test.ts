import assert from 'node:assert/strict';
import { buildAccessToken, parseAccessToken } from '../../sandbox/access-token.ts';

describe('access tokens of the sandbox', () => {
  it('stand for the service account they were made for', () => {
    const email = 'sallyport-reconcile@acme-prod.iam.gserviceaccount.com';
    assert.deepEqual(parseAccessToken(buildAccessToken(email)), { member: `serviceAccount:${email}`, email });
  });

  it("stand for a person where the e-mail is a person's", () => {
    assert.equal(parseAccessToken(buildAccessToken('ada@example.com')).member, 'user:ada@example.com');
  });

  for (const token of [
    'fake-token',
    'sandbox.',
    'sandbox.not-json',
    `sandbox.${Buffer.from('{}').toString('base64url')}`,
  ]) {
    it(`are the administrator's when they are ${token}`, () => {
      assert.equal(parseAccessToken(token).member, 'user:admin@example.com');
    });
  }
});
