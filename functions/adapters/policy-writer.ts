import type { Policy } from '../core/inventory.ts';
import { addMembers, hasMember, isUnconditional, removeMembers } from '../core/policy-edit.ts';
import { assertLegalChange } from '../core/policy-guard.ts';
import type { Clock, PolicyChange, PolicyChangeResult, PolicyRead, PolicyWriter } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { isOutcomeUnknown, parseGoogleFailure } from './google-failure.ts';
import type { PolicyApi } from './policy-api.ts';
import { toWriteError } from './to-write-error.ts';
import { type RetryLimits, type RetryTiming, withRetry } from './with-retry.ts';

export interface PolicyWriterParts {
  readonly api: PolicyApi;
  readonly clock: Clock;
  readonly timing: RetryTiming;
  /** Enabled capabilities, straight from the settings: the guard does not ask the planner. */
  readonly capabilities: readonly string[];
  readonly limits?: RetryLimits;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: (attempt: number, status: number | undefined) => void;
}

/** A writer that can also say what it would do. */
export interface PreviewingWriter extends PolicyWriter {
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
export function createPolicyWriter(parts: PolicyWriterParts): PreviewingWriter {
  return {
    changePolicy: (change) => changePolicy(change, parts),
    async previewPolicy(change) {
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
    throw error instanceof AppError ? error : toWriteError(error, { change, wasSent });
  }

  async function tryOnce(): Promise<PolicyChangeResult> {
    attempt += 1;
    wasSent = false;
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

function edit(before: Policy, change: PolicyChange, { capabilities }: PolicyWriterParts): PolicyChangeResult {
  const apply = change.kind === 'add' ? addMembers : removeMembers;
  const after = apply(before, change.role, change.members);
  if (after === before) return { changed: false, before, after };
  assertLegalChange(before, after, change, capabilities);
  return { changed: true, before, after };
}

/** Google's answer is the policy as it was stored: a silent loss would otherwise look like success. */
function assertKept(after: Policy, { kind, role, members, resource }: PolicyChange): void {
  const held = (after.bindings ?? []).filter((binding) => isUnconditional(binding, role));
  const isHeld = (member: string) => held.some((binding) => hasMember(binding.members ?? [], member));
  const wrong = members.filter((member) => isHeld(member) !== (kind === 'add'));
  if (wrong.length === 0) return;
  const state = kind === 'add' ? 'lacks' : 'still holds';
  throw new AppError(
    'write-not-kept',
    `${resource}: the write was accepted, and the answer ${state} ${wrong.join(', ')}`,
  );
}
