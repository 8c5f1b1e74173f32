import assert from 'node:assert/strict';
import { listUnjudgedClients } from '../../../../functions/core/estate/wanted-identities.ts';
import { backend, clientId, inventory, neg, project, service } from '../../../support/estate.ts';

describe('client IDs that nobody can judge', () => {
  const group = neg(service('europe-west1', { service: 'gone' }));
  const unnumbered = { projects: [{ name: project.name }], services: [], negs: [group] };
  const client = { oauth2ClientId: clientId };

  it('are said of an IAP backend without a path too', () => {
    const found = listUnjudgedClients(inventory({ ...unnumbered, backends: [backend([group], client)] }));
    assert.deepEqual(
      found.map(({ resource, code }) => [resource, code]),
      [['//cloudresourcemanager.googleapis.com/projects/acme-prod', 'project-number-unknown']],
    );
  });

  for (const [what, backends, projects] of [
    ['a backend without client ID', [backend([group])], unnumbered.projects],
    ['a backend without IAP', [backend([group], { ...client, iapEnabled: false })], unnumbered.projects],
    ['a project whose number is known', [backend([group], client)], [project]],
  ] as const) {
    it(`are none: ${what}`, () => {
      assert.deepEqual(listUnjudgedClients(inventory({ ...unnumbered, backends, projects })), []);
    });
  }
});
