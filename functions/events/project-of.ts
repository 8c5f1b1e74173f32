import type { AuditLogEntry } from './audit-log.ts';

export type Owner =
  | { readonly kind: 'project'; readonly project: string }
  /** A folder or an organisation: `folders/1`, `organizations/2`. */
  | { readonly kind: 'above'; readonly name: string }
  | { readonly kind: 'unknown' };

/**
 * Whose entry it is: the project in resource.labels, else in logName, else in resourceName. An id is taken before a
 * number, because Compute writes the number into labels where the log's name has the id, and an id needs no look-up.
 */
export function projectOf(entry: AuditLogEntry): Owner {
  const { logName = '', resource } = entry;
  const resourceName = entry.protoPayload.resourceName ?? '';
  for (const name of [resourceName, logName]) {
    const above = /^(?:folders|organizations)\/\d+/.exec(name)?.[0];
    if (above) return { kind: 'above', name: above };
  }
  const candidates = [
    resource?.labels?.['project_id'],
    /^projects\/([^/]+)\//.exec(logName)?.[1],
    /^(?:projects|namespaces)\/([^/]+)/.exec(resourceName)?.[1],
  ].filter((name): name is string => typeof name === 'string' && isProjectName(name));
  const project = candidates.find((name) => !/^\d+$/.test(name)) ?? candidates[0];
  return project === undefined ? { kind: 'unknown' } : { kind: 'project', project };
}

export function isProjectName(text: string): boolean {
  return projectName.test(text);
}

/** A project id (old ones may have a domain in front) or a number. */
const projectName = /^(?:(?:[a-z0-9.-]{1,253}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{1,20})$/;
