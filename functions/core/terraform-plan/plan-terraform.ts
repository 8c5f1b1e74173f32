import { invokerRole } from '../change/policy-guard.ts';
import { buildHclLabel, quoteHcl } from '../commands/command-text.ts';
import { isUnknownName } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import { numberWord } from './project-numbers.ts';

/**
 * The grant that is missing, as code to put beside the service: it refers to the service as that module does, for all its
 * instances at once. No import block: what is not there yet cannot be imported.
 */
export function buildPlannedGrant(service: PlannedResource, region: string, member: string): string {
  const own = `${service.type}.${service.name}`;
  const { repeat, one } = repeatAs(service, own);
  const isV1 = service.type === 'google_cloud_run_service';
  const type = isV1 ? 'google_cloud_run_service_iam_member' : 'google_cloud_run_v2_service_iam_member';
  const project = projectOfMember(member);
  // A multi-region service has a policy in each of its regions.
  const isGlobal = service.values['location'] === 'global';
  return [
    ...(project === undefined ? [] : projectData(project)),
    `resource ${quoteHcl(type)} ${quoteHcl(buildHclLabel(service.name, 'iap', ...(isGlobal ? [region] : [])))} {`,
    ...repeat,
    `  project  = ${one}.project`,
    `  location = ${isGlobal ? quoteHcl(region) : `${one}.location`}`,
    isV1 ? `  service  = ${one}.name` : `  name     = ${one}.name`,
    `  role     = "${invokerRole}"`,
    `  member   = ${project === undefined ? quoteHcl(member) : memberOfData}`,
    '}',
    '',
  ].join('\n');
}

/** What to add to an authoritative grant. */
export function buildPlannedMember({ address }: PlannedResource, member: string): string {
  const project = projectOfMember(member);
  return [
    ...(project === undefined ? [] : projectData(project)),
    `# to the members of ${address}:`,
    `  ${project === undefined ? quoteHcl(member) : memberOfData},`,
    '',
  ].join('\n');
}

function repeatAs({ key }: PlannedResource, own: string): { readonly repeat: readonly string[]; readonly one: string } {
  switch (typeof key) {
    case 'string':
      return { repeat: [`  for_each = ${own}`], one: 'each.value' };
    case 'number':
      return { repeat: [`  count    = length(${own})`], one: `${own}[count.index]` };
    default:
      return { repeat: [], one: own };
  }
}

const memberOfData = `"serviceAccount:service-\${data.google_project.iap.number}@gcp-sa-iap.iam.gserviceaccount.com"`;

/** The project whose number the member only stands for; undefined where the number is in it. */
function projectOfMember(member: string): string | undefined {
  const at = member.indexOf(numberWord);
  return at === -1 ? undefined : member.slice(at + numberWord.length, member.lastIndexOf('@'));
}

function projectData(project: string): readonly string[] {
  const id = isUnknownName(project) ? [] : [`  project_id = ${quoteHcl(project)}`];
  return ['data "google_project" "iap" {', ...id, '}', ''];
}
