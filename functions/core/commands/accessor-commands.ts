import { type Accessor, accessorRole } from '../estate/iap-access.ts';
import { isIapLevel } from '../estate/iap-levels.ts';
import { projectOf } from '../estate/resource-name.ts';
import type { Backend } from '../inventory.ts';
import { backendId } from './backend-commands.ts';
import { buildHclLabel, quoteHcl, quoteShell } from './command-text.ts';

/** The gcloud command that shuts one of IAP's doors for a member, at the level where it stands open. */
export function buildCloseCommand(backend: Backend, { level, member, condition }: Accessor): string {
  return [
    ...closeAt(backend, level),
    `--member=${quoteShell(member)}`,
    `--role=${accessorRole}`,
    // Without it gcloud asks which binding is meant.
    ...(condition === undefined ? [] : ['--all']),
  ].join(' ');
}

const aGroup = 'group:GROUP@DOMAIN';

/** The gcloud command that lets a member in at one backend; without one it is a group, for the reader to fill in. */
export function buildAdmitCommand(backend: Backend, member: string = aGroup): string {
  return [
    'gcloud iap web add-iam-policy-binding',
    ...iapResource(backend),
    `--member=${member === aGroup ? aGroup : quoteShell(member)}`,
    `--role=${accessorRole}`,
  ].join(' ');
}

/** The same as Terraform. */
export function buildAdmitTerraform(backend: Backend, member: string = aGroup): string {
  const isGlobal = backend.region === 'global';
  const type = isGlobal ? 'google_iap_web_backend_service' : 'google_iap_web_region_backend_service';
  return [
    `resource "${type}_iam_member" "${member === aGroup ? 'people' : buildHclLabel('push', backendId(backend))}" {`,
    `  project = ${quoteHcl(backend.project)}`,
    ...(isGlobal ? [] : [`  region  = ${quoteHcl(backend.region)}`]),
    `  ${isGlobal ? 'web_backend_service' : 'web_region_backend_service'} = ${quoteHcl(backendId(backend))}`,
    `  role    = "${accessorRole}"`,
    `  member  = ${quoteHcl(member)}`,
    '}',
    '',
  ].join('\n');
}

function closeAt(backend: Backend, level: string): readonly string[] {
  if (isIapLevel(level)) {
    const isWeb = level.endsWith('/iap_web');
    const isOwn = level.includes('/services/');
    const place = isOwn ? iapResource(backend) : isWeb ? [projectFlag(backend)] : iapType(backend);
    return ['gcloud iap web remove-iam-policy-binding', ...place];
  }
  const [, kind, id = ''] = /\/(folders|organizations)\/([^/]+)$/.exec(level) ?? [];
  if (kind === 'folders') return ['gcloud resource-manager folders remove-iam-policy-binding', quoteShell(id)];
  if (kind === 'organizations') return ['gcloud organizations remove-iam-policy-binding', quoteShell(id)];
  return ['gcloud projects remove-iam-policy-binding', quoteShell(projectOf(level))];
}

function iapResource(backend: Backend): readonly string[] {
  return [...iapType(backend), `--service=${quoteShell(backendId(backend))}`];
}

function iapType(backend: Backend): readonly string[] {
  const region = backend.region === 'global' ? [] : [`--region=${quoteShell(backend.region)}`];
  return [projectFlag(backend), '--resource-type=backend-services', ...region];
}

function projectFlag({ project }: Backend): string {
  return `--project=${quoteShell(project)}`;
}
