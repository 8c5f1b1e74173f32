import { parseAuditLog } from '../../events/audit-log.ts';
import { keysOf } from '../../events/keys-of.ts';
import { findWatchedMethod, type WatchedKind } from '../../events/watched-methods.ts';
import { type JsonRecord, parseList, parseRecord, parseText } from '../estate/normalize/fields.ts';
import { parsePolicy } from '../estate/normalize/policy.ts';
import { normalizeRunService } from '../estate/normalize/run-service.ts';
import type { Policy, RunService } from '../inventory.ts';

/** One change of a watched kind as the audit log tells of it. */
export interface LoggedChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: string;
  readonly kind: WatchedKind;
  /** The last word of its method: `SetIamPolicy`, `patch`, `ReplaceService`, … */
  readonly verb: string;
  /** Full resource name as the entry gives it. */
  readonly resource: string;
  /** The whole policy as it was left, where the entry says so. */
  readonly policy?: Policy;
  /** Etag of the policy that it left, where the entry says so. */
  readonly etag?: string;
  /** What a policy change of a project added and removed. */
  readonly deltas?: readonly PolicyDelta[];
  /** The service as it was left, where the entry says so. */
  readonly service?: RunService;
  /** What a load-balancer change sent; the last of two entries has nothing. */
  readonly sent?: JsonRecord;
}

export interface PolicyDelta {
  readonly action: 'ADD' | 'REMOVE';
  readonly role: string;
  readonly member: string;
}

/** An entry written at `at` (ms). Undefined where it says nothing: not watched, failed, of Google's own making, without a resource. Never throws on foreign JSON. */
export function parseLoggedChange(entry: unknown, at: number): LoggedChange | undefined {
  const facts = keysOf(entry);
  const record = parseRecord(entry);
  const payload = parseRecord(record?.['protoPayload']);
  if (facts.kind === 'unusable' || !record || !payload || !facts.resource || !facts.actor) return undefined;
  const { protoPayload } = parseAuditLog(entry);
  const row = findWatchedMethod(protoPayload.serviceName, protoPayload.methodName);
  if (!row || (protoPayload.status?.code ?? 0) !== 0) return undefined;
  const request = parseRecord(payload['request']);
  const response = parseRecord(payload['response']);
  return {
    at,
    actor: facts.actor,
    kind: row.kind,
    verb: row.methodName.split('.').at(-1) ?? row.methodName,
    resource: facts.resource,
    ...tellOf(row.kind, facts.resource, { payload, request, response }),
  };
}

interface Bodies {
  readonly payload: JsonRecord;
  readonly request: JsonRecord | undefined;
  readonly response: JsonRecord | undefined;
}

function tellOf(
  kind: WatchedKind,
  resource: string,
  { payload, request, response }: Bodies,
): Pick<LoggedChange, 'policy' | 'etag' | 'deltas' | 'service' | 'sent'> {
  const policy = isPolicyKind(kind) ? policyOf(request, response) : undefined;
  const etag = isPolicyKind(kind) ? parseText(response?.['etag']) : undefined;
  const deltas = deltasOf(payload);
  const service = kind === 'run-service' ? serviceOf(resource, request, response) : undefined;
  const sent = kind === 'backend' || kind === 'neg' ? request : undefined;
  return {
    ...(policy ? { policy } : {}),
    ...(etag ? { etag } : {}),
    ...(deltas ? { deltas } : {}),
    ...(service ? { service } : {}),
    ...(sent ? { sent } : {}),
  };
}

function isPolicyKind(kind: WatchedKind): boolean {
  return kind === 'run-policy' || kind === 'iap-policy' || kind === 'project-policy';
}

/** What was written is what was sent; the answer says the same, and stands where the request is missing. */
function policyOf(request: JsonRecord | undefined, response: JsonRecord | undefined): Policy | undefined {
  const sent = parseRecord(request?.['policy']);
  return (sent && parsePolicy(sent)) ?? (response && parsePolicy(response));
}

function deltasOf(payload: JsonRecord): readonly PolicyDelta[] | undefined {
  const delta = parseRecord(parseRecord(payload['serviceData'])?.['policyDelta']);
  if (!delta) return undefined;
  return parseList(delta['bindingDeltas']).flatMap((raw) => {
    const one = parseRecord(raw);
    const [action, role, member] = [one?.['action'], parseText(one?.['role']), parseText(one?.['member'])];
    // A condition makes it another grant, of which nobody asks here.
    if (one?.['condition'] !== undefined || !role || !member) return [];
    return action === 'ADD' || action === 'REMOVE' ? [{ action, role, member }] : [];
  });
}

/** v1 sends the whole service; v2 may send a part of it, and answers with the whole. */
function serviceOf(
  name: string,
  request: JsonRecord | undefined,
  response: JsonRecord | undefined,
): RunService | undefined {
  const options = { canonicalProject: (project: string) => project, name };
  const sent = parseRecord(request?.['service']);
  const whole = [response, parseRecord(sent?.['metadata']) && sent].find(
    (raw) => raw && (parseRecord(raw['metadata']) || raw['ingress'] !== undefined),
  );
  return whole && normalizeRunService(whole, options);
}
