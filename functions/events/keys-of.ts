import { buildServiceName } from '../core/estate/resource-name.ts';
import { type ErrorCode, TerminalError } from '../errors.ts';
import { type AuditLogEntry, glimpseAuditLog, parseAuditLog } from './audit-log.ts';
import { type OpenedEvent, openCloudEvent } from './cloud-event.ts';
import { createdSubscription } from './created-subscription.ts';
import { projectOf } from './project-of.ts';
import { findWatchedMethod } from './watched-methods.ts';

/** What an event leads to. `project` is as the event writes it: an id or a number. */
export type Decision =
  | (Facts & {
      readonly kind: 'reconcile';
      readonly project: string;
      readonly resource: string;
      readonly method: string;
    })
  | (Facts & { readonly kind: 'own-write'; readonly project: string; readonly resource: string; readonly etag: string })
  | (Facts & { readonly kind: 'ignored' })
  | (Facts & { readonly kind: 'unusable'; readonly code: ErrorCode });

/** What could be told about the event, for logs and dead letters; texts are foreign and cut to a bounded length. */
export interface Facts {
  readonly why: string;
  readonly eventId?: string;
  readonly insertId?: string;
  readonly logName?: string;
  readonly service?: string;
  readonly method?: string;
  readonly project?: string;
  /** Full resource name. */
  readonly resource?: string;
  /** Who did it; Google's own system events have nobody. */
  readonly actor?: string;
}

export interface KeysOfOptions {
  /** E-mails, comma between, of the accounts that Sallyport writes with: their policy changes are checked against the ledger, not reconciled. */
  readonly ownPrincipal?: string | undefined;
}

/**
 * Decides what an event leads to, from whatever brought it (see `openCloudEvent`). Pure, and never throws: an event that
 * can lead to nothing, now or later, is `unusable` with its code. DESIGN 2 (an event is only a hint) and 6.8 (own writes).
 */
export function keysOf(event: unknown, options: KeysOfOptions = {}): Decision {
  let opened: OpenedEvent = { entry: undefined };
  try {
    opened = openCloudEvent(event);
    refuseTooLarge(event);
    return decide(parseAuditLog(opened.entry), opened.eventId, options);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return { ...glimpseFacts(opened), kind: 'unusable', code: error.code, why: cut(error.message) };
  }
}

/** Eventarc delivers no more (FACTS 1.4). */
const maxEventBytes = 512 * 1024;

function refuseTooLarge(event: unknown): void {
  let bytes = Number.POSITIVE_INFINITY;
  try {
    bytes = Buffer.byteLength(JSON.stringify(event));
  } catch (error) {
    // JSON.stringify gives up on what is nested deeper than the stack: no log entry is.
    if (!(error instanceof RangeError)) throw error;
  }
  if (bytes <= maxEventBytes) return;
  throw new TerminalError('event-too-large', 'the event is larger than 512 KB, or nested too deeply to be measured');
}

function decide(entry: AuditLogEntry, eventId: string | undefined, options: KeysOfOptions): Decision {
  const { protoPayload: payload, operation } = entry;
  const owner = projectOf(entry);
  const created = createdSubscription(entry);
  const project = created?.project ?? (owner.kind === 'project' ? owner.project : undefined);
  const actor = payload.authenticationInfo?.principalEmail || payload.authenticationInfo?.principalSubject;
  const service = runServiceOf(entry, project);
  const resource =
    service ?? created?.resource ?? (payload.resourceName && `//${payload.serviceName}/${payload.resourceName}`);
  const facts = present({
    eventId: eventId ?? entry.insertId,
    insertId: entry.insertId,
    logName: entry.logName,
    service: payload.serviceName,
    method: payload.methodName,
    project,
    resource,
    actor,
  });
  const ignored = (why: string): Decision => ({ ...facts, kind: 'ignored', why });

  const row = findWatchedMethod(payload.serviceName, payload.methodName);
  if (!row) return ignored('nobody watches this method');
  const code = payload.status?.code ?? 0;
  if (code !== 0) return ignored(`the call failed with code ${code}: nothing was changed`);
  if (row.longRunning && operation?.first && !operation.last) {
    return ignored('the operation has only begun: its last entry follows when the change is done');
  }
  if (owner.kind === 'above')
    return ignored(`a policy of ${owner.name} touches many projects: the sweep looks at them`);
  if (project === undefined) {
    return {
      ...facts,
      kind: 'unusable',
      code: 'event-unusable',
      why: 'no project in resource, logName or resourceName',
    };
  }

  const etag = payload.response?.etag;
  const own = row.kind === 'run-policy' && isOwn(entry, options.ownPrincipal);
  if (own && service && typeof etag === 'string' && etag !== '') {
    const why = 'our own account changed this policy: the ledger must know the etag';
    return { ...facts, kind: 'own-write', project, resource: service, etag: cut(etag), why };
  }
  const target = facts.resource ?? `//cloudresourcemanager.googleapis.com/projects/${project}`;
  return { ...facts, kind: 'reconcile', project, resource: target, method: row.methodName, why: row.why };
}

/** Cloud Run names a service `namespaces/P/services/S` with the region in a label, or `projects/P/locations/R/services/S` (FACTS 1.1). */
function runServiceOf(entry: AuditLogEntry, project: string | undefined): string | undefined {
  const { serviceName, resourceName } = entry.protoPayload;
  if (serviceName !== 'run.googleapis.com' || project === undefined) return undefined;
  const [, located, id] =
    /^(?:namespaces\/[^/]+|projects\/[^/]+\/locations\/([^/]+))\/services\/([^/]+)$/.exec(resourceName ?? '') ?? [];
  const region = located ?? entry.resource?.labels?.['location'];
  if (id === undefined || typeof region !== 'string' || region === '') return undefined;
  return buildServiceName({ project, region, id });
}

function glimpseFacts({ entry, eventId }: OpenedEvent) {
  const { insertId, logName, protoPayload } = glimpseAuditLog(entry);
  const { serviceName, methodName, resourceName } = protoPayload ?? {};
  const resource = serviceName && resourceName && `//${serviceName}/${resourceName}`;
  return present({
    eventId: eventId ?? insertId,
    insertId,
    logName,
    service: serviceName,
    method: methodName,
    resource,
  });
}

function isOwn(entry: AuditLogEntry, ownPrincipal: string | undefined): boolean {
  if (!ownPrincipal) return false;
  const { principalEmail, principalSubject } = entry.protoPayload.authenticationInfo ?? {};
  const emails = ownPrincipal.split(',').flatMap((one) => one.trim() || []);
  return emails.some((email) => principalEmail === email || principalSubject === `serviceAccount:${email}`);
}

/** Drops what is absent and cuts the rest: foreign text of any length must fit into a log line and a task. */
function present<K extends string>(facts: Readonly<Record<K, string | undefined>>): { [key in K]?: string } {
  const kept: { [key in K]?: string } = {};
  for (const key in facts) {
    const value = facts[key];
    if (value) kept[key] = cut(value);
  }
  return kept;
}

function cut(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}
