import { hasCondition } from '../change/policy-edit.ts';
import { invokerRole } from '../change/policy-guard.ts';
import type { Policy, RunService } from '../inventory.ts';
import { buildHclLabel, quoteHcl, quoteShell } from './command-text.ts';
import { buildServiceCommand } from './service-commands.ts';

/** The gcloud command that grants `member` run.invoker on the service, whose own policy is `policy` where it was read. */
export function buildGrantCommand(service: RunService, member: string, policy?: Policy): string {
  const flags = [`--member=${quoteShell(member)}`, `--role=${invokerRole}`];
  // Where a policy has conditions, gcloud asks for one, and fails where it cannot ask.
  const asks = policy?.bindings?.some(hasCondition) ?? false;
  return buildServiceCommand(service, 'add-iam-policy-binding', [...flags, ...(asks ? ['--condition=None'] : [])]);
}

/** The same grant as Terraform: a non-authoritative member, and the import block for one that is there already. */
export function buildGrantTerraform(
  service: Pick<RunService, 'project' | 'region' | 'service'>,
  member: string,
  identity: 'service-agent' | 'oauth-client',
  label: string = buildGrantLabel(service, identity),
): string {
  const address = `google_cloud_run_v2_service_iam_member.${label}`;
  const id = `projects/${service.project}/locations/${service.region}/services/${service.service} ${invokerRole} ${member}`;
  return [
    'import {',
    `  to = ${address}`,
    `  id = ${quoteHcl(id)}`,
    '}',
    '',
    `resource "google_cloud_run_v2_service_iam_member" "${label}" {`,
    `  project  = ${quoteHcl(service.project)}`,
    `  location = ${quoteHcl(service.region)}`,
    `  name     = ${quoteHcl(service.service)}`,
    `  role     = "${invokerRole}"`,
    `  member   = ${quoteHcl(member)}`,
    '}',
    '',
  ].join('\n');
}

/** What the grant is called in Terraform. */
export function buildGrantLabel(
  { service, region }: Pick<RunService, 'region' | 'service'>,
  identity: 'service-agent' | 'oauth-client',
): string {
  return buildHclLabel('iap', identity === 'service-agent' ? 'agent' : 'client', service, region);
}
