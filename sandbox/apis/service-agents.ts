import { createHash } from 'node:crypto';
import type { ProjectRecord } from '../cloud.ts';

/** Google's own account of a service in a project, by the service's host name; other services follow the common form. */
const domains: Readonly<Record<string, string>> = {
  'run.googleapis.com': 'serverless-robot-prod',
  'compute.googleapis.com': 'compute-system',
  'cloudfunctions.googleapis.com': 'gcf-admin-robot',
};

export interface ServiceAgent {
  readonly email: string;
  readonly uniqueId: string;
}

/** E-mail of the agent that IAP uses towards Cloud Run, one a project. */
export function buildIapAgentEmail(project: ProjectRecord): string {
  return buildServiceAgent(project, 'iap.googleapis.com').email;
}

export function buildServiceAgent({ projectNumber }: ProjectRecord, service: string): ServiceAgent {
  const domain = domains[service] ?? `gcp-sa-${service.split('.')[0]}`;
  const email = `service-${projectNumber}@${domain}.iam.gserviceaccount.com`;
  const hash = createHash('sha256').update(email).digest();
  return { email, uniqueId: `1${String(hash.readBigUInt64BE()).padStart(20, '0').slice(0, 20)}` };
}
