import type { InvokingGrant } from '../estate/access.ts';
import { parseServiceName, projectOf } from '../estate/resource-name.ts';
import { quoteHcl, quoteShell } from './command-text.ts';
import { buildServiceCommand } from './service-commands.ts';

/**
 * The gcloud commands that take grants back, one for each level, role and member. The flag about conditions keeps gcloud
 * from asking where a policy has some, and a conditional grant that is not meant from going along.
 */
export function buildRevokeCommands(grants: readonly InvokingGrant[]): readonly string[] {
  const commands = grants.map(({ level, role, member }) => {
    const isConditional = grants.some(
      (one) => one.level === level && one.role === role && one.member === member && one.condition !== undefined,
    );
    const condition = isConditional ? '--all' : '--condition=None';
    const flags = [`--member=${quoteShell(member)}`, `--role=${quoteShell(role)}`, condition];
    const service = parseServiceName(level);
    if (service) return buildServiceCommand({ ...service, service: service.id }, 'remove-iam-policy-binding', flags);
    const { kind, id } = parseLevel(level);
    return [`gcloud ${groups[kind]} remove-iam-policy-binding`, quoteShell(id), ...flags].join(' ');
  });
  return [...new Set(commands)];
}

/**
 * What to take out of the Terraform code, as comments: nobody knows the address of a grant in somebody else's code, and an
 * authoritative binding in its place would remove everyone else's grants.
 */
export function buildRevokeTerraform(grants: readonly InvokingGrant[]): string {
  const resources = grants.flatMap(({ level, role, member }) => {
    const { type, place } = terraformMember(level);
    return [
      `# resource "${type}" {`,
      ...[...place, ['role', role], ['member', member]].map(
        ([name, value]) => `#   ${name} = ${quoteHcl(value ?? '')}`,
      ),
      '# }',
    ].join('\n');
  });
  return [
    '# Delete these, and take the member out of every *_iam_binding and *_iam_policy of the same resource:',
    ...new Set(resources),
    '',
  ].join('\n');
}

const groups = {
  projects: 'projects',
  folders: 'resource-manager folders',
  organizations: 'organizations',
} as const;

function terraformMember(level: string): {
  readonly type: string;
  readonly place: readonly (readonly [string, string])[];
} {
  const service = parseServiceName(level);
  if (service) {
    return {
      type: 'google_cloud_run_v2_service_iam_member',
      place: [
        ['project', service.project],
        ['location', service.region],
        ['name', service.id],
      ],
    };
  }
  const { kind, id } = parseLevel(level);
  switch (kind) {
    case 'projects':
      return { type: 'google_project_iam_member', place: [['project', id]] };
    case 'folders':
      return { type: 'google_folder_iam_member', place: [['folder', `folders/${id}`]] };
    case 'organizations':
      return { type: 'google_organization_iam_member', place: [['org_id', id]] };
  }
}

function parseLevel(level: string): { readonly kind: keyof typeof groups; readonly id: string } {
  const [, kind, id = ''] = /\/(folders|organizations)\/([^/]+)$/.exec(level) ?? [];
  if (kind === 'folders' || kind === 'organizations') return { kind, id };
  return { kind: 'projects', id: projectOf(level) };
}
