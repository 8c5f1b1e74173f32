import { buildIdentityCommand, iapService } from '../actions/create-service-identity.ts';
import { quoteHcl } from '../core/commands/command-text.ts';
import { projectNumberOf } from '../core/estate/identity.ts';
import { buildProjectName } from '../core/estate/resource-name.ts';
import { compareText } from '../core/finding.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** IAM does not know IAP's service agent of a project: nothing can be granted to it. Only a write that failed can tell. */
export const iapServiceAgentMissing: Rule = {
  id: 'iap-service-agent-missing',
  evaluate: (estate) => (estate.refusedAgents ?? []).map((agent) => buildDraft(estate, agent)),
  notEvaluated: ({ inventory, refusedAgents }) =>
    inventory.source.kind === 'live' && refusedAgents === undefined
      ? [{ rule: 'iap-service-agent-missing', reason: 'needs-a-write' }]
      : [],
};

function buildDraft({ inventory, wanted, settings }: Estate, agent: string): FindingDraft {
  const number = projectNumberOf(agent) ?? '';
  const project = [...inventory.projects.values()].find((one) => one.number === number)?.name ?? number;
  const resource = buildProjectName(project);
  const needed = wanted.filter(({ member }) => member === agent);
  return {
    severity: 'high',
    mode: settings.capabilities.includes('create-service-identity') ? 'enforce' : 'observe',
    resource,
    subject: agent,
    message: `IAM does not know IAP's service agent of ${project}: everyone who comes through IAP there is turned away, and the grant cannot be made.`,
    hint: 'Create it; when IAP has just been switched on for the first time it may also come by itself within minutes. The grant is tried again.',
    want: [`${agent} exists`],
    have: [`IAM refused ${agent} as a member`],
    via: [...new Set(needed.flatMap(({ via }) => via))].sort(compareText),
    actions: [{ kind: 'create-service-identity', resource, member: agent }],
    gcloud: [buildIdentityCommand(project)],
    terraform: [
      'resource "google_project_service_identity" "iap" {',
      '  provider = google-beta',
      `  project  = ${quoteHcl(project)}`,
      `  service  = "${iapService}"`,
      '}',
      '',
    ].join('\n'),
  };
}
