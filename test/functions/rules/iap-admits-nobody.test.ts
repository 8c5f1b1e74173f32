import type { Inventory, Policy } from '../../../functions/core/inventory.ts';
import { iapAdmitsNobody } from '../../../functions/rules/iap-admits-nobody.ts';
import { backend, inventory, policy } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';

const { name } = backend([]);
const role = 'roles/iap.httpsResourceAccessor';
const admit = (...members: string[]) => policy({ role, members });
const condition = { title: 't', expression: 'request.path == "/a"' };
const organization = '//cloudresourcemanager.googleapis.com/organizations/1';
const estate = (policies: readonly Policy[], more: Partial<Inventory> = {}) =>
  inventory({ more: { iapPolicies: new Map([[name, policies]]), ...more } });

describeRule(iapAdmitsNobody, {
  complies: [
    { title: 'one person is let in', estate: estate([admit('user:ann@acme.example')]) },
    { title: 'somebody is let in above', estate: estate([policy(), policy(), admit('group:all@acme.example')]) },
    {
      title: 'somebody is let in under a condition',
      estate: estate([policy({ role, members: ['user:a@b.c'], condition })]),
    },
    { title: 'everybody is let in', estate: estate([admit('allUsers')]) },
    {
      title: 'the backend has no IAP',
      estate: inventory({ backends: [], more: { iapPolicies: new Map([[name, []]]) } }),
    },
    {
      title: 'IAP policies were not read',
      estate: inventory({}),
      notEvaluated: [['iap-policies-not-read', undefined]],
    },
    {
      title: 'nobody at the levels that were read, and one is closed',
      estate: estate([policy()], { iapPolicyGaps: new Map([[name, [organization]]]) }),
      notEvaluated: [['iap-policy-not-readable', name]],
    },
    {
      title: 'somebody is let in, whatever the closed level says',
      estate: estate([admit('user:ann@acme.example')], { iapPolicyGaps: new Map([[name, [organization]]]) }),
    },
  ],
  violates: [
    {
      title: 'no binding at any level',
      estate: estate([policy(), policy(), policy({ role: 'roles/owner', members: ['user:ann@acme.example'] })]),
      findings: [[name, '', 'low', 'observe']],
    },
    {
      title: 'the binding is empty, or its members were deleted',
      estate: estate([admit(), admit('deleted:user:ann@acme.example?uid=1')]),
      findings: [[name, '', 'low', 'observe']],
    },
  ],
});
