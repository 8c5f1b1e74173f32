import assert from 'node:assert/strict';
import { buildDeadLetter, createDeadLetters } from '../../../functions/adapters/dead-letter.ts';
import { keysOf } from '../../../functions/events/keys-of.ts';
import { asEventarc, auditEntry } from '../../support/audit-entry.ts';
import { startFakeGoogle } from '../../support/fake-google.ts';

const secrets = {
  clientSecret: 'GOCSPX-aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  accessToken: 'ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxxxxx',
  webToken: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  header: 'Bearer abcdef123456',
};

describe('a dead letter', () => {
  const letterOf = (event: unknown) => {
    const decision = keysOf(event);
    assert.equal(decision.kind, 'unusable');
    return buildDeadLetter(decision, 'event-unusable');
  };

  it('has no secret, wherever the event had them', () => {
    const event = asEventarc(
      auditEntry({
        insertId: `id ${secrets.accessToken}`,
        logName: `projects/shop-prod/logs/${secrets.webToken}`,
        labels: { token: secrets.accessToken },
        payload: {
          status: 'not an object',
          methodName: `method ${secrets.clientSecret} ${secrets.header}`,
          resourceName: `projects/shop-prod/${secrets.clientSecret}`,
          request: {
            iap: {
              enabled: true,
              oauth2ClientId: '1-x.apps.googleusercontent.com',
              oauth2ClientSecret: secrets.clientSecret,
            },
          },
          response: { token: secrets.webToken, secret: 'plain-secret' },
          requestMetadata: { headers: { authorization: secrets.header } },
        },
      }),
      `event ${secrets.webToken}`,
    );
    const text = JSON.stringify(letterOf(event));
    for (const secret of [...Object.values(secrets), 'plain-secret', 'abcdef123456', 'oauth2ClientSecret']) {
      assert.ok(!text.includes(secret), `${secret} in ${text}`);
    }
  });

  it('keeps what is needed to find the entry again and to replay it', () => {
    const letter = letterOf(asEventarc(auditEntry({ payload: { status: 'not an object' } })));
    assert.equal(letter.code, 'event-unusable');
    assert.equal(letter.insertId, 'insert-1');
    assert.equal(letter.logName, 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity');
    assert.equal(letter.method, 'google.cloud.run.v1.Services.ReplaceService');
    assert.equal(letter.resource, '//run.googleapis.com/namespaces/shop-prod/services/web');
  });

  it('is small, whatever the event was', () => {
    const x = 'x'.repeat(100_000);
    const event = asEventarc(
      auditEntry({ insertId: x, logName: x, payload: { methodName: x, resourceName: x, status: x } }),
      x,
    );
    assert.ok(JSON.stringify(letterOf(event)).length < 6000);
  });

  it('is published with its code as an attribute; a refusal says which role is missing', async () => {
    let status = 200;
    const google = await startFakeGoogle(() => ({ status, body: { error: { message: 'denied' } } }));
    const topic = 'projects/ops-prod/topics/dead';
    const letters = createDeadLetters({ topic, apiRoot: google.url, token: async () => 't' });
    const letter = letterOf({});
    await letters.publish(letter);
    const [got] = google.received;
    assert.equal(got?.path, `/v1/${topic}:publish`);
    const data = Buffer.from(JSON.stringify(letter)).toString('base64');
    assert.deepEqual(got?.body, { messages: [{ data, attributes: { code: 'event-unusable' } }] });
    status = 403;
    await assert.rejects(letters.publish(letter), { code: 'dead-letter-failed', hint: /pubsub\.publisher/ });
    await google.stop();
  });
});
