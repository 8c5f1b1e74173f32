import { quoteShell } from '../core/commands/command-text.ts';
import { buildGrantTerraform } from '../core/commands/grant-commands.ts';
import { buildRevokeTerraform } from '../core/commands/revoke-commands.ts';
import { buildRestrictIngress } from '../core/commands/service-commands.ts';
import { type Contest, listContests } from '../core/contests.ts';
import { isAgentMember } from '../core/estate/identity.ts';
import type { RunService } from '../core/inventory.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** Somebody undoes what Sallyport does, again and again: it stops fixing that service and tells who, and how to agree. */
export const contested: Rule = {
  id: 'contested',
  evaluate: (estate) => {
    const { inventory, wanted, memory } = estate;
    if (!memory) return [];
    return listContests({ inventory, wanted, changes: memory.changes }).map((contest) => buildDraft(estate, contest));
  },
  notEvaluated: ({ memory, inventory }) =>
    memory === undefined && inventory.source.kind === 'live' ? [{ rule: 'contested', reason: 'needs-ledger' }] : [],
};

function buildDraft({ wanted }: Estate, contest: Contest): FindingDraft {
  const { service, subject, times } = contest;
  const place = `${service.service} in ${service.region}`;
  return {
    severity: 'high',
    mode: 'observe',
    resource: service.name,
    subject,
    message: `Others have undone the same change ${times} times in 24 hours: ${tellChange(contest, place)}. Sallyport leaves ${place} alone from now on.`,
    hint: buildHint(contest, service),
    want: [tellWant(contest, place)],
    have: [`undone ${times} times in 24 hours, and undone now`],
    via: wanted.find((one) => one.service === service && one.member === subject)?.via ?? [],
    actions: [],
    gcloud: [buildLogCommand(contest), `sallyport fix --project ${quoteShell(service.project)}`],
    terraform: buildTerraform(contest),
  };
}

function tellChange({ kind, subject, role }: Contest, place: string): string {
  switch (kind) {
    case 'add':
      return `${role} for ${subject} on ${place}`;
    case 'remove':
      return `taking ${role} from ${subject} on ${place}`;
    case 'ingress':
      return `the ingress of ${place}`;
  }
}

function tellWant({ kind, subject, role }: Contest, place: string): string {
  switch (kind) {
    case 'add':
      return `${subject} keeps ${role} on ${place}`;
    case 'remove':
      return `${subject} does not hold ${role} on ${place}`;
    case 'ingress':
      return `ingress of ${place} stays as Sallyport set it`;
  }
}

function buildHint({ kind, subject, role }: Contest, { project }: RunService): string {
  const end = `Then run sallyport fix --project ${project} and say yes to the list; it also ends by itself once fewer than three of these changes are younger than 24 hours.`;
  switch (kind) {
    case 'add':
      return `Most often Terraform does this: google_cloud_run_v2_service_iam_binding for ${role}, or google_cloud_run_v2_service_iam_policy, is authoritative and takes out every member that it does not name. Put ${subject} into its members, or use the non-authoritative google_cloud_run_v2_service_iam_member below instead. ${end}`;
    case 'remove':
      return `Somebody's code grants it again: take ${subject} out of the Terraform that names it (google_cloud_run_v2_service_iam_member, _binding or _policy), or exempt the finding with a reason. ${end}`;
    case 'ingress':
      return `Somebody's code or deployment sets another ingress: set it there too, or exempt the finding with a reason. ${end}`;
  }
}

/** Who did it stands in the audit log. */
function buildLogCommand({ service }: Contest): string {
  const name = `projects/${service.project}/locations/${service.region}/services/${service.service}`;
  const names = `("${name}" OR "namespaces/${service.project}/services/${service.service}")`;
  const filter = `protoPayload.serviceName="run.googleapis.com" AND protoPayload.resourceName=${names}`;
  return `gcloud logging read ${quoteShell(filter)} --project=${quoteShell(service.project)} --freshness=1d --format='table(timestamp, protoPayload.methodName, protoPayload.authenticationInfo.principalEmail)'`;
}

function buildTerraform({ kind, service, subject, role = '' }: Contest): string {
  switch (kind) {
    case 'add':
      return buildGrantTerraform(service, subject, isAgentMember(subject) ? 'service-agent' : 'oauth-client');
    case 'remove':
      return buildRevokeTerraform([{ level: service.name, role, member: subject }]);
    case 'ingress':
      return buildRestrictIngress(service).terraform;
  }
}
