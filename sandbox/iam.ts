import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GoogleError } from './api.ts';
import { findProject } from './apis/find-project.ts';
import type { Cloud, StoredPolicy } from './cloud.ts';
import { checkMember } from './iam-member.ts';
import { canonicalKey, hasPermission } from './permissions.ts';

const binding = z.looseObject({
  role: z.string(),
  members: z.array(z.string()).optional(),
  condition: z.record(z.string(), z.unknown()).nullish(),
});
const setRequest = z.looseObject({
  policy: z
    .looseObject({ version: z.number().nullish(), etag: z.string().nullish(), bindings: z.array(binding).nullish() })
    .default({}),
  updateMask: z.string().nullish(),
});

type SentPolicy = z.infer<typeof setRequest>['policy'];

/** What `getIamPolicy` answers for a key of `cloud.policies`. Asked for less than version 3, conditions are not shown and their roles carry `_withcond_…`. */
export function readPolicy(
  cloud: Cloud,
  key: string,
  requestedVersion: number | string | null | undefined,
): StoredPolicy {
  const asked = Number(requestedVersion ?? 0);
  if (![0, 1, 3].includes(asked))
    throw invalid(`Invalid requested policy version ${requestedVersion}: it must be 0, 1 or 3.`);
  const policy = structuredClone(stored(cloud, key));
  if (asked === 3 || !hasConditions(policy.bindings)) return policy;
  return {
    ...policy,
    version: 1,
    bindings: (policy.bindings ?? []).map(({ condition, ...rest }) =>
      condition ? { ...rest, role: `${rest.role}_withcond_${digest(condition)}` } : rest,
    ),
  };
}

/**
 * What `setIamPolicy` does and answers: body `{policy, updateMask?}`. An etag that is not the present one: 409. No etag:
 * the last writer wins. Conditions need version 3. Every write, of the same policy too, makes a new etag; the order of
 * bindings and members is the caller's. Throws Google's 400 for members and roles that do not exist.
 */
export function writePolicy(cloud: Cloud, key: string, body: unknown): StoredPolicy {
  const { policy, updateMask } = parseSetRequest(body);
  const before = stored(cloud, key);
  checkEtag(policy.etag, before.etag);
  checkVersion(policy, before);
  for (const { role, members } of policy.bindings ?? []) {
    checkRole(cloud, key, role);
    for (const member of members ?? []) checkMember(cloud, member);
  }
  const after = structuredClone(mergePolicy(before, policy, updateMask));
  cloud.policies.set(canonicalKey(cloud, key), after);
  return structuredClone(after);
}

/** Roles whose grants a `setIamPolicy` with this body would change; a body that cannot be read changes none. */
export function listModifiedRoles(cloud: Cloud, key: string, body: unknown): readonly string[] {
  const parsed = setRequest.safeParse(body ?? {});
  const [before, after] = [stored(cloud, key).bindings ?? [], parsed.data?.policy.bindings ?? []];
  const grantsOf = (bindings: readonly z.infer<typeof binding>[], role: string) =>
    bindings
      .filter((one) => one.role === role)
      .flatMap(({ members = [], condition }) => members.map((member) => JSON.stringify([member, condition ?? null])))
      .sort()
      .join();
  const roles = new Set([...before, ...after].map(({ role }) => role));
  return parsed.success ? [...roles].filter((role) => grantsOf(before, role) !== grantsOf(after, role)) : [];
}

/** The permissions of the list that a member holds on a resource: the answer of `testIamPermissions`. */
export function heldPermissions(cloud: Cloud, key: string, member: string, permissions: readonly string[]): string[] {
  return permissions.filter((permission) => hasPermission(cloud, member, permission, key));
}

function stored(cloud: Cloud, key: string): StoredPolicy {
  return cloud.policies.get(canonicalKey(cloud, key)) ?? { etag: 'ACAB' };
}

function parseSetRequest(body: unknown): z.infer<typeof setRequest> {
  const parsed = setRequest.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw invalid(`Invalid JSON payload received. ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

function checkEtag(sent: string | null | undefined, present: string): void {
  // gcloud sends etags back in the URL alphabet of base64: the bytes count.
  if (!sent || Buffer.from(sent, 'base64').equals(Buffer.from(present, 'base64'))) return;
  throw new GoogleError(
    409,
    'ABORTED',
    'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. ' +
      `The request's ETag '${escapeBytes(sent)}' did not match the current policy's ETag '${escapeBytes(present)}'.`,
    'aborted',
  );
}

/** With an etag, a policy that has conditions may only be changed in version 3; without one they are lost, as Google warns. */
function checkVersion(policy: SentPolicy, before: StoredPolicy): void {
  const version = policy.version ?? 0;
  if (![0, 1, 3].includes(version)) throw invalid(`Invalid policy version ${version}.`);
  if (version === 3) return;
  if (hasConditions(policy.bindings)) throw invalid('Conditions can only be set with policy version 3.');
  if (policy.etag && hasConditions(before.bindings)) {
    throw invalid('The policy has conditional role bindings: it can only be changed with policy version 3.');
  }
}

/** A custom role belongs to one project, or to an organisation and all that is in it. */
function checkRole(cloud: Cloud, key: string, role: string): void {
  const owner = /^projects\/([^/]+)\//.exec(role)?.[1];
  const resourceProject = findProject(cloud, /^projects\/([^/]+)/.exec(key)?.[1] ?? '')?.projectId;
  if (cloud.roles.has(role) && (owner === undefined || owner === resourceProject)) return;
  if (/^(projects|organizations)\//.test(role))
    throw invalid(`Role (${role}) does not exist in the resource's hierarchy.`);
  throw invalid(`Role ${role} is not supported for this resource.`);
}

function mergePolicy(before: StoredPolicy, sent: SentPolicy, updateMask: string | null | undefined): StoredPolicy {
  const mask = (updateMask ?? 'bindings,etag').split(',').map((path) => path.trim());
  const bindings = mask.includes('bindings') ? (sent.bindings ?? []) : (before.bindings ?? []);
  const { auditConfigs: kept } = before;
  const auditConfigs = mask.includes('auditConfigs') || mask.includes('audit_configs') ? sent['auditConfigs'] : kept;
  return {
    version: hasConditions(bindings) ? 3 : 1,
    ...(bindings.length > 0 ? { bindings: bindings.map(withoutEmptyCondition) } : {}),
    ...(auditConfigs === undefined ? {} : { auditConfigs }),
    etag: nextEtag(),
  };
}

function withoutEmptyCondition({ role, members, condition, ...rest }: z.infer<typeof binding>) {
  return { role, ...(members ? { members } : {}), ...(condition ? { condition } : {}), ...rest };
}

function hasConditions(bindings: readonly { condition?: unknown }[] | null | undefined): boolean {
  return (bindings ?? []).some(({ condition }) => Boolean(condition));
}

let lastStamp = 0n;

/** Eight bytes in base64, as Google's: 7, then microseconds; never the same twice. */
export function nextEtag(): string {
  const now = BigInt(Date.now()) * 1000n;
  lastStamp = now > lastStamp ? now : lastStamp + 1n;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(lastStamp);
  bytes[0] = 7;
  return bytes.toString('base64');
}

function digest(condition: Record<string, unknown>): string {
  return createHash('sha256').update(JSON.stringify(condition)).digest('hex').slice(0, 20);
}

function escapeBytes(etag: string): string {
  return [...Buffer.from(etag, 'base64')]
    .map((byte) =>
      byte >= 32 && byte < 127 && byte !== 39 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('');
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}
