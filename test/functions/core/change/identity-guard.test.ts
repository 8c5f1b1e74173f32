import assert from 'node:assert/strict';
import { buildIdentityChange } from '../../../../functions/actions/create-service-identity.ts';
import { assertLegalIdentity } from '../../../../functions/core/change/identity-guard.ts';
import { buildProjectName } from '../../../../functions/core/estate/resource-name.ts';
import { agent, service } from '../../../support/estate.ts';

const create = buildIdentityChange({
  kind: 'create-service-identity',
  resource: buildProjectName('acme-prod'),
  member: agent,
});

describe('identity guard: lets pass only IAP’s service agent of one project', () => {
  it('passes where the capability is on', () => {
    assert.doesNotThrow(() => assertLegalIdentity(create, ['create-service-identity']));
  });

  for (const [title, change, capabilities] of [
    ['the capability is off', create, ['grant-invoker']],
    ['another service', { ...create, service: 'run.googleapis.com' }, ['create-service-identity']],
    [
      'an organisation',
      { ...create, resource: '//cloudresourcemanager.googleapis.com/organizations/1' },
      ['create-service-identity'],
    ],
    ['something below a project', { ...create, resource: service().name }, ['create-service-identity']],
  ] as const) {
    it(`refuses: ${title}`, () =>
      assert.throws(() => assertLegalIdentity(change, capabilities), { code: 'write-refused' }));
  }
});
