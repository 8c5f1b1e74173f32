import { AppError } from '../../errors.ts';
import type { Change } from '../change/change.ts';
import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import type { OpenFinding } from '../ledger.ts';
import type { ReconcileKey } from '../run.ts';
import type { LoggedChanges, World } from '../world.ts';
import { findCause } from './find-cause.ts';
import { fitsEvent } from './fits-event.ts';
import { lastLooks } from './last-looks.ts';
import type { LoggedChange } from './logged-change.ts';
import { isSameResource } from './same-resource.ts';

export interface FreshFindings {
  readonly key: ReconcileKey;
  readonly inventory: Inventory;
  /** What the ledger knew as open before this run. */
  readonly open: readonly OpenFinding[];
  /** What was found before anything was changed. */
  readonly found: readonly Finding[];
  /** What is still wrong after it. */
  readonly still: readonly Finding[];
  /** What the run itself has changed. */
  readonly ours: readonly Change[];
}

type Parts = Pick<World, 'ledger' | 'clock' | 'log' | 'auditLog'>;

/**
 * Names who caused each fresh finding: the event that started the run where it fits, else one bounded query of the audit log
 * (DESIGN 12) for all of them together. After an event the log is asked only for what was not mended. A log that cannot
 * be read fails nothing: the finding has no actor, and a note says why. Findings of earlier runs keep what was known.
 */
export async function attributeFresh(run: FreshFindings, parts: Parts): Promise<(finding: Finding) => Finding> {
  const { open, found, still } = run;
  const known = new Map(open.map(({ finding }) => [finding.id, finding.actor]));
  const fresh = new Map(
    [...found, ...still].filter(({ id }) => !known.has(id)).map((finding) => [finding.id, finding]),
  );
  const stays = new Set(still.map(({ id }) => id));
  const causes = await findCauses({ ...run, fresh: [...fresh.values()], stays }, parts);
  return (finding) => {
    const actor = known.get(finding.id);
    return withAttribution(finding, actor === undefined ? causes.get(finding.id) : { actor });
  };
}

/** Who caused a finding, or why nobody can say. */
interface Attribution {
  readonly actor?: string;
  readonly note?: string;
}

interface Fresh extends Pick<FreshFindings, 'key' | 'inventory' | 'ours'> {
  readonly fresh: readonly Finding[];
  /** Ids of those that are still there. */
  readonly stays: ReadonlySet<string>;
}

async function findCauses(
  { key, inventory, ours, fresh, stays }: Fresh,
  { ledger, clock, log, auditLog }: Parts,
): Promise<ReadonlyMap<string, Attribution>> {
  const found = new Map<string, Attribution>();
  const { actor, resource, method } = key;
  const event = actor && resource && method ? { actor, resource, method } : undefined;
  for (const finding of fresh) if (event && fitsEvent(finding, event)) found.set(finding.id, { actor: event.actor });
  const isEvent = key.reason === 'event' || key.reason === 'own-write';
  const asked = fresh.filter(({ id }) => !found.has(id) && (!isEvent || stays.has(id)));
  if (asked.length === 0 || !auditLog) return found;

  const looks = lastLooks(await ledger.runs(runsToLookAt, key.project), clock.now());
  const since = Math.min(...asked.map(({ rule }) => looks.of(rule).since));
  let logged: LoggedChanges;
  try {
    logged = await auditLog.readChanges(key.project, since);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn('audit log not read', { code: error.code, reason: error.message, hint: error.hint });
    for (const { id } of asked) found.set(id, { note: `Who did it is not known: ${error.message}` });
    return found;
  }
  // Our own repair is in the log by now, and would look as if nothing had ever been wrong.
  const others = logged.changes.filter((one) => !ours.some((change) => isAfter(one, change)));
  for (const finding of asked) {
    const look = looks.of(finding.rule);
    const changes = others.filter(({ at }) => at >= look.since);
    const cause = findCause(finding, { changes, isWhole: logged.isWhole && look.sawAllWell }, inventory);
    if (cause) found.set(finding.id, { actor: cause.actor });
  }
  return found;
}

const runsToLookAt = 100;

/** Whether an entry is the change of ours or later than it: no cause of what was found before. Google's clock may be behind ours. */
function isAfter({ resource, at, etag }: LoggedChange, { change, at: began, result }: Change): boolean {
  const left = result?.after?.etag;
  return isSameResource(resource, change.resource) && (at >= began || (left !== undefined && etag === left));
}

/** A finding with what is known of who caused it; what it had stays. */
function withAttribution(finding: Finding, attribution: Attribution | undefined): Finding {
  if (!attribution) return finding;
  const { actor, note } = attribution;
  const notes = [finding.note, note].filter((text) => text !== undefined).join(' ');
  return { ...finding, ...(actor === undefined ? {} : { actor }), ...(notes === '' ? {} : { note: notes }) };
}
