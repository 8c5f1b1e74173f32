import type { PushAudienceChange, PushState } from '../core/change/change.ts';

/** Set the audience of the token that one push subscription sends; endpoint, account and all else stay as they are. */
export interface SetPushAudience {
  readonly kind: 'set-push-audience';
  /** Full resource name of the subscription. */
  readonly resource: string;
  readonly audience: string;
  /** Where the subscription pushes to (`pushAddress`): the writer looks whether it still does. */
  readonly endpoint: string;
  /** Services that do not accept the audience yet: it is set when none is left. */
  readonly after: readonly string[];
}

/** One line for a person: what will be done, to what. */
export function describePushAudience({ resource, audience, endpoint }: PushAudienceChange): string {
  const where = endpoint === undefined ? '' : `, which pushes to ${endpoint}`;
  return `set the push audience of ${resource}${where} to ${audience ?? 'the endpoint (Pub/Sub’s default)'}`;
}

/** Whether the subscription's token has the audience already. */
export function isAudienceSet(state: PushState, { audience }: Pick<PushAudienceChange, 'audience'>): boolean {
  return state.audience === audience;
}

/** The change that makes it. */
export function buildPushAudienceChange({ resource, audience, endpoint }: SetPushAudience): PushAudienceChange {
  return { capability: 'set-push-audience', kind: 'push-audience', resource, audience, endpoint };
}

/** The change that gives a subscription back the audience it had, provided that its push configuration is what the change left. */
export function buildPushAudienceUndo(
  { capability, kind, resource }: PushAudienceChange,
  former: PushState,
  { left, changeId }: { readonly left: PushState; readonly changeId: string },
): PushAudienceChange {
  const audience = former.audience === undefined ? {} : { audience: former.audience };
  return { capability, kind, resource, ...audience, pushConfig: left.pushConfig, undoes: changeId };
}
