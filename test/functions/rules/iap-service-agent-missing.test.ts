import assert from 'node:assert/strict';
import { buildProjectName } from '../../../functions/core/estate/resource-name.ts';
import { iapServiceAgentMissing } from '../../../functions/rules/iap-service-agent-missing.ts';
import { agent, inventory, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const resource = buildProjectName('acme-prod');
const estate = inventory({ services: [service(), service('us-central1')] });
const asset = { source: { kind: 'asset-export', files: ['a'], inheritance: 'full' } } as const;

describeRule(iapServiceAgentMissing, {
  complies: [
    { title: 'a run that writes, and nothing was refused', estate, refusedAgents: [] },
    { title: 'reading alone can never tell', estate, notEvaluated: [['needs-a-write', undefined]] },
    { title: 'an export says so itself', estate: inventory({ more: asset }) },
  ],
  violates: [
    {
      title: 'IAM refused the agent as a member',
      estate,
      refusedAgents: [agent],
      findings: [[resource, agent, 'high', 'observe']],
    },
    {
      title: 'with the capability to create it, Sallyport does',
      estate,
      refusedAgents: [agent],
      settings: { capabilities: ['grant-invoker', 'create-service-identity'] },
      findings: [[resource, agent, 'high', 'enforce']],
    },
  ],
});

describe('iap-service-agent-missing', () => {
  it('names every path that is shut, and the command that creates the agent', () => {
    const [finding] = findingsOf(iapServiceAgentMissing, { estate, refusedAgents: [agent] }).findings;
    assert.equal(finding?.via.length, 2);
    assert.equal(finding?.region, 'global');
    assert.deepEqual(finding?.fix.actions, []);
    assert.deepEqual(finding?.fix.gcloud, [
      'gcloud beta services identity create --service=iap.googleapis.com --project=acme-prod',
    ]);
  });
});
