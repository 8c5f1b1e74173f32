import { z } from 'zod';
import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud, LogEntry } from '../cloud.ts';
import { requirePermission } from '../permissions.ts';
import { findProject } from './find-project.ts';
import { parseLogFilter } from './log-filter.ts';
import { takePage } from './paging.ts';

const listBody = z.object({
  resourceNames: z.array(z.string()).default([]),
  projectIds: z.array(z.string()).default([]),
  filter: z.string().default(''),
  orderBy: z.string().default(''),
  pageSize: z.coerce.number().default(0),
  pageToken: z.string().default(''),
});
const limits = { defaultSize: 50, maxSize: 1000 };

/** Cloud Logging: entries.list over the audit entries that the sandbox wrote. */
export const loggingMethods: readonly ApiMethod[] = [
  { id: 'logging.entries.list', document: 'logging.v2', verb: 'POST', path: '/v2/entries:list', handle: listEntries },
];

function listEntries({ body, caller }: ApiCall, cloud: Cloud) {
  const asked = parseListBody(body);
  const names = [...asked.resourceNames, ...asked.projectIds.map((id) => `projects/${id}`)];
  if (names.length === 0)
    throw new GoogleError(400, 'INVALID_ARGUMENT', 'At least one of resource_names or project_ids must be specified.');
  for (const name of names) requirePermission(cloud, caller, 'logging.logEntries.list', containerOf(name));
  const prefixes = names.map((name) => `${withProjectId(cloud, containerOf(name))}/logs/`);
  const matches = parseLogFilter(asked.filter);
  const found = cloud.logEntries
    .filter((entry) => prefixes.some((prefix) => entry.logName.startsWith(prefix)) && matches(entry))
    .sort(byTime(asked.orderBy));
  const { items, nextPageToken } = takePage(found, { size: asked.pageSize, token: asked.pageToken }, limits);
  return {
    status: 200,
    body: {
      ...(items.length > 0 ? { entries: items } : {}),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    },
  };
}

function parseListBody(body: unknown): z.infer<typeof listBody> {
  const parsed = listBody.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid JSON payload received. ${z.prettifyError(parsed.error)}`);
}

/** A log view belongs to its container. */
function containerOf(name: string): string {
  return name.split('/').slice(0, 2).join('/');
}

function withProjectId(cloud: Cloud, name: string): string {
  const project = name.startsWith('projects/') ? findProject(cloud, name.slice('projects/'.length)) : undefined;
  return project ? `projects/${project.projectId}` : name;
}

/** Entries of the same time are in the order of their insert ids. */
function byTime(orderBy: string): (a: LogEntry, b: LogEntry) => number {
  if (!['', 'timestamp asc', 'timestamp', 'timestamp desc'].includes(orderBy))
    throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid order_by: '${orderBy}'.`);
  const sign = orderBy === 'timestamp desc' ? -1 : 1;
  return (a, b) => sign * (Date.parse(a.timestamp) - Date.parse(b.timestamp)) || (a.insertId < b.insertId ? -1 : 1);
}
