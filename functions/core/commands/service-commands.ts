import type { RunService } from '../inventory.ts';
import { buildHclLabel, quoteHcl, quoteShell } from './command-text.ts';

/** A `gcloud run services` command about one regional service; flags are quoted by the caller. */
export function buildServiceCommand(
  service: Pick<RunService, 'project' | 'region' | 'service'>,
  verb: string,
  flags: readonly string[],
): string {
  return [
    `gcloud run services ${verb}`,
    quoteShell(service.service),
    `--project=${quoteShell(service.project)}`,
    `--region=${quoteShell(service.region)}`,
    ...flags,
  ].join(' ');
}

/** The lines to change in the Terraform of a service; the rest of it stays as it is. */
export function buildServiceTerraform(service: RunService, lines: readonly string[]): string {
  return [
    `resource "google_cloud_run_v2_service" "${buildHclLabel(service.service, service.region)}" {`,
    `  project  = ${quoteHcl(service.project)}`,
    `  location = ${quoteHcl(service.region)}`,
    `  name     = ${quoteHcl(service.service)}`,
    '  # … the rest as it is',
    ...lines.map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

/** Ingress as the article sets it: requests come through a load balancer or from inside. */
export function buildRestrictIngress(service: RunService): { readonly gcloud: string; readonly terraform: string } {
  return {
    gcloud: buildServiceCommand(service, 'update', ['--ingress=internal-and-cloud-load-balancing']),
    terraform: buildServiceTerraform(service, ['ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"']),
  };
}
