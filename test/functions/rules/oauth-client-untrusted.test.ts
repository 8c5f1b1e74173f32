import assert from 'node:assert/strict';
import type { Neg } from '../../../functions/core/inventory.ts';
import { oauthClientUntrusted } from '../../../functions/rules/oauth-client-untrusted.ts';
import { backend, clientId, inventory, neg, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const foreign = '999-abc.apps.googleusercontent.com';
const names = (oauth2ClientId: string, target: Neg = neg(shop)) =>
  inventory({ negs: [target], backends: [backend([target], { oauth2ClientId })] });
const found = (text: string) => [backend([]).name, text, 'high', 'observe'] as const;

describeRule(oauthClientUntrusted, {
  complies: [
    { title: 'no client ID: Google manages the client', estate: inventory({}) },
    { title: "a client of the backend's project", estate: names(clientId) },
    {
      title: 'a client of a project that settings trust',
      estate: names(foreign),
      settings: { identity: { trustedClientProjects: ['999'] } },
    },
    {
      title: 'the project number is not known: nobody can say whose client it is',
      estate: { ...names(foreign), projects: new Map([['acme-prod', { name: 'acme-prod' }]]) },
    },
    {
      title: 'an unknown number is not made up for by a trusted project',
      estate: { ...names('nonsense'), projects: new Map([['acme-prod', { name: 'acme-prod' }]]) },
      settings: { identity: { trustedClientProjects: ['999'] } },
    },
    {
      title: 'the backend has no IAP',
      estate: inventory({ backends: [backend([neg(shop)], { oauth2ClientId: foreign, iapEnabled: false })] }),
    },
    {
      title: 'a backend without serverless NEG is none of ours',
      estate: names(foreign, neg(shop, { target: { kind: 'not-serverless' } })),
    },
  ],
  violates: [
    {
      title: 'a client of a project that nobody trusts',
      estate: names(foreign),
      findings: [found(foreign)],
      via: [[`${backend([]).name} > ${neg(shop).name}`]],
    },
    {
      title: 'a service account in the place of a client ID',
      estate: names('ci@acme-prod.iam.gserviceaccount.com'),
      findings: [found('ci@acme-prod.iam.gserviceaccount.com')],
    },
    { title: 'a bare number', estate: names('111222333444'), findings: [found('111222333444')] },
    {
      title: 'capitals are not the form',
      estate: names(clientId.toUpperCase()),
      findings: [found(clientId.toUpperCase())],
    },
    { title: 'a second line is not overlooked', estate: names(`${clientId}\n`), findings: [found(`${clientId}\n`)] },
    {
      title: "identity: service-agent wants no client, and the text is still somebody else's",
      estate: names(foreign),
      settings: { identity: 'service-agent' },
      findings: [found(foreign)],
    },
    {
      title: 'through a URL mask there is no path, and the backend is judged all the same',
      estate: names(foreign, neg(shop, { target: { kind: 'run-url-mask', urlMask: '/<service>' } })),
      findings: [found(foreign)],
      via: [[]],
    },
  ],
});

describe('oauth-client-untrusted', () => {
  it('keeps the text out of every command', () => {
    const [finding] = findingsOf(oauthClientUntrusted, { estate: names("'; rm -rf / #") }).findings;
    assert.equal(finding?.subject, "'; rm -rf / #");
    assert.deepEqual(finding.fix.gcloud, [
      'gcloud compute backend-services update shop-backend --project=acme-prod --global --iap=enabled,oauth2-client-id=CLIENT_ID,oauth2-client-secret=CLIENT_SECRET',
    ]);
    assert.ok(!finding.fix.terraform.includes('rm -rf'));
  });
});
