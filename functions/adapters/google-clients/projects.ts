import type { ProjectsClient } from '@google-cloud/resource-manager';
import type { Connection } from './connection.ts';

/** Projects by id, number or search. The client's own file, because the package's root loads six more. */
export async function openProjects(connection: Connection): Promise<ProjectsClient> {
  const [{ default: library }, options] = await Promise.all([
    import('@google-cloud/resource-manager/build/src/v3/projects_client.js'),
    connection.restMode('cloudresourcemanager'),
  ]);
  return new library.ProjectsClient(options);
}
