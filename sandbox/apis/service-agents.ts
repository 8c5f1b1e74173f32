import type { ProjectRecord } from '../cloud.ts';

/** E-mail of the agent that IAP uses towards Cloud Run, one a project. */
export function buildIapAgentEmail(project: ProjectRecord): string {
  return `service-${project.projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`;
}
