import assert from 'node:assert/strict';
import { readIapPolicies } from '../../../../functions/adapters/export-reader/read-iap-policies.ts';
import { buildProjectName } from '../../../../functions/core/estate/resource-name.ts';
import type { Policy } from '../../../../functions/core/inventory.ts';
import { backend, inventory, neg, project, service } from '../../../support/estate.ts';

const web = `//iap.googleapis.com/projects/${project.name}/iap_web`;
const ours = backend([neg(service())], { id: '7001' });
const estate = inventory({ backends: [ours] });
const accessors = (member: string): Policy => ({
  bindings: [{ role: 'roles/iap.httpsResourceAccessor', members: [member] }],
});

describe('IAP policies of an asset export', () => {
  it('are not known of a backend in whose project no IAP policy line lies', () => {
    const { iapPolicies } = readIapPolicies(estate, new Map([[web, accessors('user:a@x')]]), new Set(['other']));
    assert.equal(iapPolicies?.has(ours.name), false);
  });

  it('are those of its own level first, then what is above; IAP levels without line are empty', () => {
    const own = accessors('user:own@x');
    const above = accessors('user:above@x');
    const policies = new Map([
      [`${web}/compute/services/7001`, own],
      [buildProjectName(project.name), above],
    ]);
    const { iapPolicies, iapPolicyGaps } = readIapPolicies(estate, policies, new Set([project.name]));
    assert.deepEqual(iapPolicies?.get(ours.name), [own, { bindings: [] }, { bindings: [] }, above]);
    assert.equal(iapPolicyGaps?.get(ours.name), undefined);
  });

  it('name a project, folder or organisation without line as a gap: an accessor may be inherited from there', () => {
    const { iapPolicies, iapPolicyGaps } = readIapPolicies(estate, new Map(), new Set([project.name]));
    assert.deepEqual(iapPolicyGaps?.get(ours.name), [buildProjectName(project.name)]);
    assert.equal(iapPolicies?.get(ours.name)?.length, 3);
  });
});
