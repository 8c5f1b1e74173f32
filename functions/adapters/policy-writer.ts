import type { PolicyChange, PolicyChangeResult, PolicyRead } from '../core/change/change.ts';
import { addMembers, hasMember, isBindingOf, isSameMember, removeMembers } from '../core/change/policy-edit.ts';
import { assertGrantsStay, assertLegalChange } from '../core/change/policy-guard.ts';
import { pushAddress } from '../core/estate/push-address.ts';
import type { Policy } from '../core/inventory.ts';
import type { Clock } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { isOutcomeUnknown, parseGoogleFailure } from './google-failure.ts';
import type { PolicyApi } from './policy-api.ts';
import type { SubscriptionApi } from './subscription-api.ts';
import { toWriteError } from './to-write-error.ts';
import { type RetryLimits, type RetryTiming, withRetry } from './with-retry.ts';

export interface PolicyWriterParts {
  readonly api: PolicyApi;
  /** For grants at IAP: whom the push subscription really sends as; without it none is made. */
  readonly subscriptions?: Pick<SubscriptionApi, 'get'>;
  readonly clock: Clock;
  readonly timing: RetryTiming;
  /** Enabled capabilities, straight from the settings: the guard does not ask the planner. */
  readonly capabilities: readonly string[];
  readonly limits?: RetryLimits;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: (attempt: number, status: number | undefined) => void;
}

export interface PolicyWriter {
  changePolicy(change: PolicyChange): Promise<PolicyChangeResult>;
  /** As `changePolicy` up to and with the guard, but nothing is sent. */
  previewPolicy(change: PolicyChange): Promise<PolicyChangeResult>;
}

/** A live read is good as a base for so long. */
const freshMs = 5_000;

/** A write with all its tries ends well within a lease (120 s). */
export const writeLimits: RetryLimits = { attempts: 12, totalMs: 45_000, baseMs: 100, capMs: 5_000 };

/**
 * The only thing that writes IAM policies (DESIGN 6.1 to 6.3): read with version 3, edit, guard, write with the etag.
 * What is not ours comes out as it came in; an unchanged policy is not written; a contended write starts again from a
 * fresh read, never from the stale policy.
 */
export function createPolicyWriter(parts: PolicyWriterParts): PolicyWriter {
  return {
    changePolicy: (change) => changePolicy(change, parts),
    async previewPolicy(change) {
      await assertPushes(change, parts);
      const before = await readBase(change, parts, true);
      return edit(before, change, parts);
    },
  };
}

async function changePolicy(change: PolicyChange, parts: PolicyWriterParts): Promise<PolicyChangeResult> {
  /** What a try whose outcome nobody knows was based on: if it took effect after all, it was this call that changed the policy. */
  let unsure: Policy | undefined;
  let attempt = 0;
  let wasSent = false;
  const options = { limits: parts.limits ?? writeLimits, onRetry: report };
  try {
    return await withRetry(tryOnce, parts.timing, options);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { kind, resource, members } = change;
    throw toWriteError(error, {
      resource,
      wasSent,
      ...(kind === 'add' ? { adds: members } : {}),
      whenDenied: resource.startsWith('//iap.')
        ? `Grant a role with iap.webServices.getIamPolicy and iap.webServices.setIamPolicy (roles/iap.admin) on ${resource}.`
        : `Grant a role with run.services.getIamPolicy and run.services.setIamPolicy (roles/run.admin) on ${resource}.`,
      whenForbidden:
        'An organisation policy (constraints/iam.allowedPolicyMemberDomains) may forbid the member: allow it there.',
    });
  }

  async function tryOnce(): Promise<PolicyChangeResult> {
    attempt += 1;
    wasSent = false;
    await assertPushes(change, parts);
    const before = await readBase(change, parts, attempt === 1);
    const result = edit(before, change, parts);
    if (!result.changed) return unsure ? { changed: true, before: unsure, after: before } : result;
    wasSent = true;
    const after = await send(result).catch((error: unknown) => {
      if (isOutcomeUnknown(parseGoogleFailure(error))) unsure = before;
      throw error;
    });
    assertKept(after, change);
    return { changed: true, before, after };
  }

  function send({ after }: PolicyChangeResult): Promise<Policy> {
    return parts.api.set(change.resource, after);
  }

  function report(failure: { readonly status?: number }, count: number): void {
    parts.onRetry?.(count, failure.status);
  }
}

async function readBase(change: PolicyChange, { api, clock }: PolicyWriterParts, mayReuse: boolean): Promise<Policy> {
  const base: PolicyRead | undefined = mayReuse ? change.base : undefined;
  if (base && clock.now() - base.readAt < freshMs) return base.policy;
  return api.get(change.resource);
}

/** A grant at IAP is for the account of a push subscription: it must send as that account, and there, now, whatever the plan was made from. */
async function assertPushes(
  { kind, resource, subscription, endpoint, members: [member = ''] }: PolicyChange,
  { subscriptions }: PolicyWriterParts,
): Promise<void> {
  if (kind !== 'add' || subscription === undefined) return;
  const { account = '', endpoint: live = '' } = (await subscriptions?.get(subscription)) ?? {};
  const isSender = account !== '' && isSameMember(member, `serviceAccount:${account}`);
  if (isSender && endpoint === pushAddress(live)) return;
  const what = isSender ? `to ${endpoint}` : `as ${member}`;
  throw new AppError('write-refused', `${resource}: ${subscription} does not push ${what}; nothing was written`, {
    hint: 'The subscription has been changed since it was read: the next run looks at it again.',
  });
}

function edit(before: Policy, change: PolicyChange, { capabilities }: PolicyWriterParts): PolicyChangeResult {
  const apply = change.kind === 'add' ? addMembers : removeMembers;
  const after = apply(before, change.role, change.members, change.condition);
  if (after === before) return { changed: false, before, after };
  assertLegalChange(before, after, change, capabilities);
  assertGrantsStay(after, change);
  return { changed: true, before, after };
}

/** Google's answer is the policy as it was stored: a silent loss would otherwise look like success. */
function assertKept(after: Policy, { kind, role, members, condition, resource }: PolicyChange): void {
  const held = (after.bindings ?? []).filter((binding) => isBindingOf(binding, role, condition));
  const isHeld = (member: string) => held.some((binding) => hasMember(binding.members ?? [], member));
  const wrong = members.filter((member) => isHeld(member) !== (kind === 'add'));
  if (wrong.length === 0) return;
  const state = kind === 'add' ? 'lacks' : 'still holds';
  throw new AppError(
    'write-not-kept',
    `${resource}: the write was accepted, and the answer ${state} ${wrong.join(', ')}`,
  );
}
