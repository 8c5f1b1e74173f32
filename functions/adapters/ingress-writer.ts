import { isIngressSet } from '../actions/restrict-ingress.ts';
import type { IngressChange, IngressChangeResult, ServiceState } from '../core/change/change.ts';
import { assertLegalIngress, assertOnlyIngressChanged } from '../core/change/ingress-guard.ts';
import { buildIngressPatch, type IngressPatch } from '../core/change/ingress-patch.ts';
import { assertGrantsStay } from '../core/change/policy-guard.ts';
import { AppError } from '../errors.ts';
import { isOutcomeUnknown, parseGoogleFailure } from './google-failure.ts';
import type { PolicyApi } from './policy-api.ts';
import { writeLimits } from './policy-writer.ts';
import type { ServiceApi } from './service-api.ts';
import { toWriteError } from './to-write-error.ts';
import { type RetryLimits, type RetryTiming, withRetry } from './with-retry.ts';

export interface IngressWriterParts {
  readonly services: ServiceApi;
  /** For the grants that must be there first. */
  readonly policies: Pick<PolicyApi, 'get'>;
  readonly timing: RetryTiming;
  /** Enabled capabilities, straight from the settings: the guard does not ask the planner. */
  readonly capabilities: readonly string[];
  readonly limits?: RetryLimits;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: (attempt: number, status: number | undefined) => void;
}

export interface IngressWriter {
  changeIngress(change: IngressChange): Promise<IngressChangeResult>;
  /** As `changeIngress` up to and with the guard, but nothing is sent. */
  previewIngress(change: IngressChange): Promise<IngressChangeResult>;
}

/**
 * The only thing that updates Cloud Run services: read, guard, update the ingress alone on the version that was read, read
 * again and compare. A contended update starts again from a fresh read.
 */
export function createIngressWriter(parts: IngressWriterParts): IngressWriter {
  return {
    changeIngress: (change) => changeIngress(change, parts),
    async previewIngress(change) {
      const { state } = await parts.services.get(change.resource);
      if (isIngressSet(state, change)) return { changed: false, before: state, after: state };
      await prepare(state, change, parts);
      return { changed: true, before: state, after: { ...state, ingress: change.ingress } };
    },
  };
}

async function changeIngress(change: IngressChange, parts: IngressWriterParts): Promise<IngressChangeResult> {
  const { services, timing, limits = writeLimits, onRetry } = parts;
  /** What a try whose outcome nobody knows was based on: if it took effect after all, it was this call that did it. */
  let unsure: ServiceState | undefined;
  let wasSent = false;
  try {
    return await withRetry(tryOnce, timing, {
      limits,
      onRetry: ({ status }, attempt) => onRetry?.(attempt, status),
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { resource } = change;
    const whenDenied = `Grant a role with run.services.get and run.services.update on ${resource}.`;
    const whenForbidden = 'An organisation policy (constraints/run.allowedIngress) may forbid the ingress.';
    throw toWriteError(error, { resource, wasSent, whenDenied, whenForbidden });
  }

  async function tryOnce(): Promise<IngressChangeResult> {
    wasSent = false;
    const before = await services.get(change.resource);
    if (isIngressSet(before.state, change)) {
      return { changed: unsure !== undefined, before: unsure ?? before.state, after: before.state };
    }
    const patch = await prepare(before.state, change, parts);
    wasSent = true;
    await services.patch(change.resource, patch).catch((error: unknown) => {
      if (isOutcomeUnknown(parseGoogleFailure(error))) unsure = before.state;
      throw error;
    });
    const after = await services.get(change.resource);
    assertOnlyIngressChanged(before.raw, after.raw, change);
    return { changed: true, before: before.state, after: after.state };
  }
}

async function prepare(
  state: ServiceState,
  change: IngressChange,
  { policies, capabilities }: IngressWriterParts,
): Promise<IngressPatch> {
  if (change.generation !== undefined && change.generation !== state.generation) {
    throw new AppError(
      'undo-changed-since',
      `${change.resource}: the service has been changed by others; nothing was undone.`,
    );
  }
  const patch = buildIngressPatch(state, change);
  assertLegalIngress(state, patch, change, capabilities);
  if (change.requires !== undefined) assertGrantsStay(await policies.get(change.resource), change);
  return patch;
}
