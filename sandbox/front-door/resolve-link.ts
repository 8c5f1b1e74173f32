import { findProject } from '../apis/find-project.ts';
import type { Cloud, ComputeRecord } from '../cloud.ts';

export interface Resource {
  /** `projects/ID/global/backendServices/B` */
  readonly key: string;
  readonly record: ComputeRecord;
}

/** A Compute link in any spelling as the resource it names. */
export function resolveLink(cloud: Cloud, link: string | undefined): Resource | undefined {
  const [, project, rest] = /projects\/([^/]+)\/(.+)$/.exec(link ?? '') ?? [];
  if (project === undefined) return undefined;
  const key = `projects/${findProject(cloud, project)?.projectId ?? project}/${rest}`;
  const record = cloud.compute.get(key);
  return record && { key, record };
}
