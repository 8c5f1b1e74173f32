import { GoogleError } from '../api.ts';
import type { Cloud, ProjectRecord } from '../cloud.ts';

/** The project of an id or a number, as every Google API takes either; undefined when there is none. */
export function findProject(cloud: Cloud, idOrNumber: string): ProjectRecord | undefined {
  const byId = cloud.projects.get(idOrNumber);
  if (byId || !/^\d+$/.test(idOrNumber)) return byId;
  for (const project of cloud.projects.values()) if (project.projectNumber === idOrNumber) return project;
  return undefined;
}

/** As `findProject`, for APIs that say 403 of a project that does not exist, so that nobody learns which ids are taken. */
export function requireProject(cloud: Cloud, idOrNumber: string): ProjectRecord {
  const project = findProject(cloud, idOrNumber);
  if (project) return project;
  throw new GoogleError(403, 'PERMISSION_DENIED', `Permission denied on resource project ${idOrNumber}.`, 'forbidden', [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'CONSUMER_INVALID',
      domain: 'googleapis.com',
      metadata: { consumer: `projects/${idOrNumber}` },
    },
  ]);
}
