import { readMetadata } from './metadata.ts';

/** The project that the functions run in. */
export interface OwnProject {
  readonly id: string | undefined;
  readonly number: string | undefined;
}

/** The number is only there to recognise ourselves by: without it, events that name the own project by number are out of scope. */
export async function readOwnProject(): Promise<OwnProject> {
  const [id, number] = await Promise.all([
    process.env['GOOGLE_CLOUD_PROJECT'] || readMetadata('project/project-id'),
    readMetadata('project/numeric-project-id').catch(() => undefined),
  ]);
  return { id, number };
}
