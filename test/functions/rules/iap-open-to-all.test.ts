import assert from 'node:assert/strict';
import type { Inventory, Policy } from '../../../functions/core/inventory.ts';
import { iapOpenToAll } from '../../../functions/rules/iap-open-to-all.ts';
import { backend, inventory, neg, policy, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const { name } = backend([]);
const role = 'roles/iap.httpsResourceAccessor';
const admit = (...members: string[]) => policy({ role, members });
const condition = {
  title: 'office',
  expression: '"accessPolicies/1/accessLevels/office" in request.auth.access_levels',
};
const asset = { source: { kind: 'asset-export', files: ['a'], inheritance: 'full' } } as const;
const type = '//iap.googleapis.com/projects/acme-prod/iap_web/compute';
const organization = '//cloudresourcemanager.googleapis.com/organizations/1';
const estate = (policies: readonly Policy[], more: Partial<Inventory> = {}) =>
  inventory({ more: { iapPolicies: new Map([[name, policies]]), ...more } });

describeRule(iapOpenToAll, {
  complies: [
    { title: 'a group is let in', estate: estate([admit('group:shop@acme.example'), policy()]) },
    { title: 'allUsers hold another role', estate: estate([policy({ role: 'roles/viewer', members: ['allUsers'] })]) },
    {
      title: 'the backend has no IAP',
      estate: inventory({
        backends: [backend([neg(shop)], { iapEnabled: false })],
        more: { iapPolicies: new Map([[name, [admit('allUsers')]]]) },
      }),
    },
    {
      title: 'IAP policies were not read',
      estate: inventory({}),
      notEvaluated: [['iap-policies-not-read', undefined]],
    },
    { title: 'they were not read, and there is no IAP backend', estate: inventory({ backends: [] }) },
    { title: 'an export without such lines says so itself', estate: inventory({ more: asset }) },
    {
      title: "an export with such lines, none of them in the backend's project",
      estate: inventory({ more: { ...asset, iapPolicies: new Map() } }),
      notEvaluated: [['iap-policies-not-in-input', name]],
    },
    {
      title: 'one level is closed',
      estate: estate([policy()], { iapPolicyGaps: new Map([[name, [type]]]) }),
      notEvaluated: [['iap-policy-not-readable', name]],
    },
    {
      title: 'only the organisation is closed: inheritance says that',
      estate: estate([policy()], { iapPolicyGaps: new Map([[name, [organization]]]) }),
    },
  ],
  violates: [
    {
      title: 'both public members, each once',
      estate: estate([admit('allUsers', 'allAuthenticatedUsers'), admit('allUsers')]),
      findings: [
        [name, 'allAuthenticatedUsers', 'critical', 'observe'],
        [name, 'allUsers', 'critical', 'observe'],
      ],
    },
    {
      title: 'inherited from above',
      estate: estate([policy(), policy(), policy(), admit('allUsers')]),
      findings: [[name, 'allUsers', 'critical', 'observe']],
    },
    {
      title: 'under a condition: who fulfils it need not be known',
      estate: estate([policy({ role, members: ['allAuthenticatedUsers'], condition })]),
      findings: [[name, 'allAuthenticatedUsers', 'critical', 'observe']],
    },
    {
      title: 'open at one level while another is closed: both are said',
      estate: estate([admit('allUsers')], { iapPolicyGaps: new Map([[name, [type]]]) }),
      findings: [[name, 'allUsers', 'critical', 'observe']],
      notEvaluated: [['iap-policy-not-readable', name]],
    },
  ],
});

describe('iap-open-to-all', () => {
  it('shuts each door where it stands open, past levels that could not be read', () => {
    const open = admit('allUsers');
    const conditional = policy({ role, members: ['allUsers'], condition });
    const [finding] = findingsOf(iapOpenToAll, {
      estate: inventory({
        backends: [backend([neg(shop)], { id: '42' })],
        projects: [{ name: 'acme-prod', number: '111222333444', ancestors: [organization] }],
        more: {
          iapPolicies: new Map([[name, [open, conditional, open, open]]]),
          iapPolicyGaps: new Map([[name, [type]]]),
        },
      }),
    }).findings;
    const member = `--member=allUsers --role=${role}`;
    assert.deepEqual(finding?.fix.gcloud, [
      `gcloud iap web remove-iam-policy-binding --project=acme-prod --resource-type=backend-services --service=shop-backend ${member}`,
      `gcloud iap web remove-iam-policy-binding --project=acme-prod ${member} --all`,
      `gcloud projects remove-iam-policy-binding acme-prod ${member}`,
      `gcloud organizations remove-iam-policy-binding 1 ${member}`,
    ]);
  });
});
