import { isAudienceSet } from '../actions/set-push-audience.ts';
import { assertLegalPush, buildPushConfig } from '../core/change/audience-guard.ts';
import type { PushAudienceChange, PushAudienceChangeResult, PushState } from '../core/change/change.ts';
import { isSameJson } from '../core/change/same-json.ts';
import { AppError } from '../errors.ts';
import { isOutcomeUnknown, parseGoogleFailure } from './google-failure.ts';
import { writeLimits } from './policy-writer.ts';
import type { SubscriptionApi } from './subscription-api.ts';
import { toWriteError } from './to-write-error.ts';
import { type RetryLimits, type RetryTiming, withRetry } from './with-retry.ts';

export interface PushWriterParts {
  readonly subscriptions: SubscriptionApi;
  readonly timing: RetryTiming;
  /** Enabled capabilities, straight from the settings: the guard does not ask the planner. */
  readonly capabilities: readonly string[];
  readonly limits?: RetryLimits;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: (attempt: number, status: number | undefined) => void;
}

export interface PushWriter {
  changePushAudience(change: PushAudienceChange): Promise<PushAudienceChangeResult>;
  /** As `changePushAudience` up to and with the guard, but nothing is sent. */
  previewPushAudience(change: PushAudienceChange): Promise<PushAudienceChangeResult>;
}

/**
 * The only thing that updates subscriptions: read, guard, send the push configuration with another audience, read again
 * and compare. Pub/Sub has no etag: what somebody else writes to the push configuration between our read and our write
 * (some hundred milliseconds) is overwritten. Their change is not in what was read, so nobody here can name it.
 */
export function createPushWriter(parts: PushWriterParts): PushWriter {
  return {
    changePushAudience: (change) => changePushAudience(change, parts),
    async previewPushAudience(change) {
      const before = await parts.subscriptions.get(change.resource);
      if (isAudienceSet(before, change)) return { changed: false, before, after: before };
      return { changed: true, before, after: prepare(before, change, parts) };
    },
  };
}

async function changePushAudience(
  change: PushAudienceChange,
  parts: PushWriterParts,
): Promise<PushAudienceChangeResult> {
  const { subscriptions, timing, limits = writeLimits, onRetry } = parts;
  const { resource } = change;
  /** What a try whose outcome nobody knows was based on. */
  let unsure: PushState | undefined;
  let wasSent = false;
  try {
    return await withRetry(tryOnce, timing, { limits, onRetry: ({ status }, attempt) => onRetry?.(attempt, status) });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const whenDenied = `Grant a role with pubsub.subscriptions.get and pubsub.subscriptions.update on ${resource}, and roles/iam.serviceAccountUser on the account that it pushes as.`;
    throw toWriteError(error, { resource, wasSent, whenDenied });
  }

  async function tryOnce(): Promise<PushAudienceChangeResult> {
    wasSent = false;
    const before = await subscriptions.get(resource);
    if (isAudienceSet(before, change))
      return { changed: unsure !== undefined, before: unsure ?? before, after: before };
    const { pushConfig } = prepare(before, change, parts);
    wasSent = true;
    await subscriptions.setPushConfig(resource, pushConfig).catch((error: unknown) => {
      if (isOutcomeUnknown(parseGoogleFailure(error))) unsure = before;
      throw error;
    });
    const after = await subscriptions.get(resource);
    if (isSameJson(after.pushConfig, pushConfig)) return { changed: true, before, after };
    throw new AppError(
      'write-not-kept',
      `${resource}: the update was accepted, and the push configuration is not what was sent`,
    );
  }
}

function prepare(before: PushState, change: PushAudienceChange, { capabilities }: PushWriterParts): PushState {
  if (change.pushConfig !== undefined && !isSameJson(change.pushConfig, before.pushConfig)) {
    throw new AppError(
      'undo-changed-since',
      `${change.resource}: the subscription has been changed by others; nothing was undone.`,
    );
  }
  const pushConfig = buildPushConfig(before, change);
  assertLegalPush(before, pushConfig, change, capabilities);
  const { audience: _, ...rest } = before;
  return { ...rest, pushConfig, ...(change.audience === undefined ? {} : { audience: change.audience }) };
}
