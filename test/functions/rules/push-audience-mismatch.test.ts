import assert from 'node:assert/strict';
import { pushAudienceMismatch } from '../../../functions/rules/push-audience-mismatch.ts';
import { clientId } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';
import { guarded, pushEstate, subscription, subscriptionName, withToken } from './push-rules-estate.ts';

const program = '111222333444-prog.apps.googleusercontent.com';
const foreign = '999-x.apps.googleusercontent.com';
const endpoint = 'https://shop.acme.example/hook';
const settings = (clients: { clientId?: string; programmaticClients: string[] }) => ({
  iapClients: new Map([[guarded.name, clients]]),
});
const { oauth2ClientId: _, ...managed } = guarded;
const { oidc: __, ...bare } = subscription();
const unread = { iapClients: new Map() };
const wrong = [[subscriptionName, foreign, 'high', 'approve']] as const;

describeRule(pushAudienceMismatch, {
  complies: [
    { title: "the backend's client", estate: pushEstate(withToken(clientId)) },
    {
      title: 'a programmatic client',
      estate: pushEstate(withToken(program), settings({ programmaticClients: [program] })),
    },
    {
      title: "the settings' client, in place of the backend's",
      estate: pushEstate(withToken(foreign), settings({ clientId: foreign, programmaticClients: [] })),
    },
    { title: 'without a token the other rule speaks', estate: pushEstate(bare) },
    {
      title: "the backend's client, which the settings override",
      estate: pushEstate(withToken(clientId), settings({ clientId: foreign, programmaticClients: [] })),
      notEvaluated: [['client-overridden-by-settings', subscriptionName]],
    },
    {
      title: 'another client ID, and the settings were not read',
      estate: pushEstate(withToken(program), unread),
      notEvaluated: [['iap-settings-not-read', subscriptionName]],
    },
    { title: "the backend's client, whatever the settings say", estate: pushEstate(withToken(clientId), unread) },
  ],
  violates: [
    { title: 'a client ID that nobody names', estate: pushEstate(withToken(foreign)), findings: wrong },
    {
      title: 'the default: the endpoint',
      estate: pushEstate(withToken(undefined)),
      findings: [[subscriptionName, endpoint, 'high', 'approve']],
    },
    {
      title: 'an address can be no client ID, though the settings were not read',
      estate: pushEstate(withToken('https://shop.acme.example'), unread),
      findings: [[subscriptionName, 'https://shop.acme.example', 'high', 'approve']],
    },
    {
      title: 'a client that Google manages: there is nothing that could be set',
      estate: pushEstate(withToken(foreign), { backends: [managed] }),
      findings: [[subscriptionName, foreign, 'high', 'observe']],
    },
    {
      title: 'a client that Google manages, and a programmatic one',
      estate: pushEstate(withToken(foreign), { backends: [managed], ...settings({ programmaticClients: [program] }) }),
      findings: wrong,
    },
  ],
});

describe('push-audience-mismatch: what Sallyport would set', () => {
  const on = { capabilities: ['set-push-audience'] };
  const actionsOf = (over: object) =>
    findingsOf(pushAudienceMismatch, { estate: pushEstate(withToken(undefined), over), settings: on }).findings[0]?.fix;

  it('the client that counts, and only the audience', () => {
    assert.deepEqual(actionsOf({})?.actions, [
      { kind: 'set-push-audience', resource: subscriptionName, audience: clientId, endpoint, after: [] },
    ]);
    assert.deepEqual(actionsOf({})?.gcloud, [
      `gcloud pubsub subscriptions update orders --project=acme-prod --push-endpoint=${endpoint} --push-auth-service-account=push@acme-prod.iam.gserviceaccount.com --push-auth-token-audience=${clientId}`,
    ]);
  });

  it('never a text that somebody with load-balancer rights wrote into the backend', () => {
    for (const text of ['evil', foreign, `${clientId}.evil.example`, '$(reboot)']) {
      const fix = actionsOf({ backends: [{ ...guarded, oauth2ClientId: text }] });
      assert.deepEqual(fix?.actions, []);
      assert.match(
        fix?.gcloud[0] ?? '',
        text === '$(reboot)' ? /--push-auth-token-audience='\$\(reboot\)'$/ : /audience=/,
      );
    }
  });
});
