import { parseComputeName } from '../estate/resource-name.ts';
import type { Backend } from '../inventory.ts';
import { buildHclLabel, quoteHcl, quoteShell } from './command-text.ts';

/** The gcloud command that updates a backend service, global or regional; flags are quoted by the caller. */
export function buildBackendUpdate(backend: Backend, flags: readonly string[]): string {
  return [
    'gcloud compute backend-services update',
    quoteShell(backendId(backend)),
    `--project=${quoteShell(backend.project)}`,
    backend.region === 'global' ? '--global' : `--region=${quoteShell(backend.region)}`,
    ...flags,
  ].join(' ');
}

/** The lines to change in the Terraform of a backend service; the rest of it stays as it is. */
export function buildBackendTerraform(backend: Backend, lines: readonly string[]): string {
  const isGlobal = backend.region === 'global';
  const id = backendId(backend);
  return [
    `resource "${isGlobal ? 'google_compute_backend_service' : 'google_compute_region_backend_service'}" "${buildHclLabel(id)}" {`,
    `  project = ${quoteHcl(backend.project)}`,
    ...(isGlobal ? [] : [`  region  = ${quoteHcl(backend.region)}`]),
    `  name    = ${quoteHcl(id)}`,
    '  # … the rest as it is',
    ...lines.map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

/** The last part of a backend's name. */
export function backendId({ name }: Pick<Backend, 'name'>): string {
  return parseComputeName(name)?.id ?? name;
}
