import { isCustomAudienceSet } from '../actions/add-custom-audience.ts';
import { assertLegalCustomAudience, buildCustomAudiencePatch } from '../core/change/audience-guard.ts';
import type { CustomAudienceChange, IngressChangeResult, ServiceState } from '../core/change/change.ts';
import type { IngressPatch } from '../core/change/ingress-patch.ts';
import { isSameJson } from '../core/change/same-json.ts';
import { AppError } from '../errors.ts';
import { isOutcomeUnknown, parseGoogleFailure } from './google-failure.ts';
import { writeLimits } from './policy-writer.ts';
import type { ServiceApi } from './service-api.ts';
import type { SubscriptionApi } from './subscription-api.ts';
import { toWriteError } from './to-write-error.ts';
import { type RetryLimits, type RetryTiming, withRetry } from './with-retry.ts';

export interface CustomAudienceWriterParts {
  readonly services: ServiceApi;
  /** For the host that the audience must be. */
  readonly subscriptions: Pick<SubscriptionApi, 'get'>;
  readonly timing: RetryTiming;
  /** Enabled capabilities, straight from the settings: the guard does not ask the planner. */
  readonly capabilities: readonly string[];
  readonly limits?: RetryLimits;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: (attempt: number, status: number | undefined) => void;
}

export interface CustomAudienceWriter {
  changeCustomAudience(change: CustomAudienceChange): Promise<IngressChangeResult>;
  /** As `changeCustomAudience` up to and with the guard, but nothing is sent. */
  previewCustomAudience(change: CustomAudienceChange): Promise<IngressChangeResult>;
}

/** Read, guard, update the custom audiences alone on the version that was read, read again and compare. A contended update starts again from a fresh read. */
export function createCustomAudienceWriter(parts: CustomAudienceWriterParts): CustomAudienceWriter {
  return {
    changeCustomAudience: (change) => changeCustomAudience(change, parts),
    async previewCustomAudience(change) {
      const { state: before } = await parts.services.get(change.resource);
      if (isCustomAudienceSet(before, change)) return { changed: false, before, after: before };
      const { body } = await prepare(before, change, parts);
      return { changed: true, before, after: { ...before, customAudiences: listIn(body) } };
    },
  };
}

async function changeCustomAudience(
  change: CustomAudienceChange,
  parts: CustomAudienceWriterParts,
): Promise<IngressChangeResult> {
  const { services, timing, limits = writeLimits, onRetry } = parts;
  const { resource } = change;
  /** What a try whose outcome nobody knows was based on. */
  let unsure: ServiceState | undefined;
  let wasSent = false;
  try {
    return await withRetry(tryOnce, timing, { limits, onRetry: ({ status }, attempt) => onRetry?.(attempt, status) });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const whenDenied = `Grant a role with run.services.get and run.services.update on ${resource}, and roles/iam.serviceAccountUser on the account that it runs as: a new revision is made.`;
    throw toWriteError(error, { resource, wasSent, whenDenied });
  }

  async function tryOnce(): Promise<IngressChangeResult> {
    wasSent = false;
    const { state: before } = await services.get(resource);
    if (isCustomAudienceSet(before, change)) {
      return { changed: unsure !== undefined, before: unsure ?? before, after: before };
    }
    const patch = await prepare(before, change, parts);
    wasSent = true;
    await services.patch(resource, patch).catch((error: unknown) => {
      if (isOutcomeUnknown(parseGoogleFailure(error))) unsure = before;
      throw error;
    });
    const { state: after } = await services.get(resource);
    const isKept = after.ingress === before.ingress && isSameJson(after.customAudiences, listIn(patch.body));
    if (isKept) return { changed: true, before, after };
    throw new AppError(
      'write-not-kept',
      `${resource}: the update was accepted, and the audiences are not what was sent`,
    );
  }
}

async function prepare(
  state: ServiceState,
  change: CustomAudienceChange,
  { subscriptions, capabilities }: CustomAudienceWriterParts,
): Promise<IngressPatch> {
  if (change.generation !== undefined && change.generation !== state.generation) {
    throw new AppError(
      'undo-changed-since',
      `${change.resource}: the service has been changed by others; nothing was undone.`,
    );
  }
  const endpoint =
    change.subscription === undefined ? undefined : (await subscriptions.get(change.subscription)).endpoint;
  const patch = buildCustomAudiencePatch(state, change);
  assertLegalCustomAudience(state, patch, change, { capabilities, endpoint });
  return patch;
}

function listIn({ customAudiences }: IngressPatch['body']): readonly string[] {
  return Array.isArray(customAudiences) ? customAudiences.map(String) : [];
}
