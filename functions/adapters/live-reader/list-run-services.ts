import type { run_v1 } from 'googleapis/build/src/apis/run/v1.js';
import { parseList, parseRecord, parseText, parseTexts } from '../../core/estate/normalize/fields.ts';
import { buildProjectName, parseServiceName } from '../../core/estate/resource-name.ts';
import type { GoogleRead } from '../google-read.ts';
import { buildUnreachable, type RawList } from './raw-list.ts';

const role = 'roles/run.viewer';

/** The services of all regions of a project in v1 shape, by the one call that gcloud uses as well (FACTS 2). */
export async function listRunServices(run: run_v1.Run, read: GoogleRead, project: string): Promise<RawList> {
  const subject = { resource: buildProjectName(project), what: 'the Cloud Run services', role };
  const items: unknown[] = [];
  const regions = new Set<string>();
  let next: string | undefined;
  do {
    const token = next === undefined ? {} : { continue: next };
    const { data } = await read(subject, () =>
      run.projects.locations.services.list({ parent: `projects/${project}/locations/-`, ...token }),
    );
    items.push(...parseList(data.items));
    for (const location of parseTexts(data.unreachable)) regions.add(location.replace(/^.*\//, ''));
    next = parseText(parseRecord(data.metadata)?.['continue']);
  } while (next !== undefined);
  return {
    items,
    unreadable: [...regions].map((region) => buildUnreachable('run', project, region)),
    missing: [...regions],
  };
}

/** One service by full resource name, in v1 shape. */
export async function getRunService(run: run_v1.Run, read: GoogleRead, name: string): Promise<unknown> {
  const parts = parseServiceName(name);
  if (!parts) return undefined;
  const { data } = await read({ resource: name, what: 'the service', role }, () =>
    run.projects.locations.services.get({ name: name.slice('//run.googleapis.com/'.length) }),
  );
  return data;
}
