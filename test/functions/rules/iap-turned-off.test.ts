import assert from 'node:assert/strict';
import type { SeenIap } from '../../../functions/core/people.ts';
import { iapTurnedOff } from '../../../functions/rules/iap-turned-off.ts';
import { backend, grant, inventory, neg, policy, project, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const other = service('us-central1');
const off = backend([neg(shop), neg(other)], { iapEnabled: false, id: '42' });
const memory = (...iapSeenOn: readonly Omit<SeenIap, 'lastOn'>[]) => ({
  iapSeenOn: iapSeenOn.map((one) => ({ ...one, lastOn: 1 })),
  changes: [],
});
const seen = memory({ resource: off.name, id: '42' });
const estate = (over: Parameters<typeof inventory>[0] = {}) =>
  inventory({ services: [shop, other], backends: [off], ...over });

describeRule(iapTurnedOff, {
  complies: [
    { title: 'IAP is on', estate: estate({ backends: [{ ...off, iapEnabled: true }] }), memory: seen },
    { title: 'IAP was never seen on', estate: estate(), memory: memory() },
    { title: 'another backend had it on', estate: estate(), memory: memory({ resource: `${off.name}-2`, id: '42' }) },
    {
      title: 'the backend was made anew under its name',
      estate: estate(),
      memory: memory({ resource: off.name, id: '41' }),
    },
    { title: 'the backend is gone', estate: estate({ backends: [] }), memory: seen },
    {
      title: 'nobody remembers',
      estate: estate(),
      notEvaluated: [['needs-ledger', undefined]],
    },
  ],
  violates: [
    {
      title: 'the inner door still stands: nobody may come straight, and nobody is public',
      estate: estate(),
      memory: seen,
      findings: [[off.name, '', 'medium', 'observe']],
      via: [[`${off.name} > ${neg(shop).name}`, `${off.name} > ${neg(other).name}`]],
    },
    {
      title: 'a number that is not known does not make another backend of it',
      estate: estate(),
      memory: memory({ resource: off.name }),
      findings: [[off.name, '', 'medium', 'observe']],
    },
    {
      title: 'one service of two takes requests from everywhere',
      estate: estate({ services: [shop, service('us-central1', { ingress: 'all' })] }),
      memory: seen,
      findings: [[off.name, '', 'critical', 'observe']],
    },
    {
      title: 'everybody may invoke one service',
      estate: estate({ policies: [[other, policy(grant('allUsers'))]] }),
      memory: seen,
      findings: [[off.name, '', 'critical', 'observe']],
    },
    {
      title: 'everybody may invoke all services of the project',
      estate: estate({
        policies: [
          [`//cloudresourcemanager.googleapis.com/projects/${project.name}`, policy(grant('allAuthenticatedUsers'))],
        ],
      }),
      memory: seen,
      findings: [[off.name, '', 'critical', 'observe']],
    },
    {
      title: 'nothing is behind it any more',
      estate: estate({ services: [], negs: [] }),
      memory: seen,
      findings: [[off.name, '', 'medium', 'observe']],
    },
  ],
});

describe('iap-turned-off', () => {
  it('says what was not read, instead of judging it harmless', () => {
    const inner = estate();
    const unread = { ...inner, policies: new Map(), negs: new Map([...inner.negs].slice(0, 1)) };
    const [finding] = findingsOf(iapTurnedOff, { estate: unread, memory: seen }).findings;
    assert.ok(finding?.have.includes('who may invoke shop in europe-west1 was not read'));
    assert.ok(finding?.have.includes(`what is behind ${neg(other).name} was not read`));
  });

  it('names the command that turns IAP on again', () => {
    const [finding] = findingsOf(iapTurnedOff, { estate: estate(), memory: seen }).findings;
    assert.deepEqual(finding?.fix.gcloud, [
      'gcloud compute backend-services update shop-backend --project=acme-prod --global --iap=enabled',
    ]);
  });
});
