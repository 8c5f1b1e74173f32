import type { CustomAudienceChange, ServiceState } from '../core/change/change.ts';

/** Have one regional service accept one more audience, `https://` and the host of a push subscription's endpoint. */
export interface AddCustomAudience {
  readonly kind: 'add-custom-audience';
  /** Full resource name of the service. */
  readonly resource: string;
  readonly audience: string;
  /** The subscription whose host it is: the writer looks whether it still pushes there. */
  readonly subscription: string;
}

/** One line for a person: what will be done, to what. */
export function describeCustomAudience({ resource, audience, subscription, undoes }: CustomAudienceChange): string {
  const verb = undoes === undefined ? 'add the custom audience' : 'remove the custom audience';
  const why = subscription === undefined ? '' : `, for what ${subscription} pushes`;
  return `${verb} ${audience} ${undoes === undefined ? 'to' : 'from'} ${resource}${why} (Cloud Run makes a new revision)`;
}

/** Whether the service accepts the audience, or (undo) no longer does. */
export function isCustomAudienceSet(
  { customAudiences = [] }: ServiceState,
  { audience, undoes }: Pick<CustomAudienceChange, 'audience' | 'undoes'>,
): boolean {
  return customAudiences.includes(audience) === (undoes === undefined);
}

/** The change that makes it. */
export function buildCustomAudienceChange({
  resource,
  audience,
  subscription,
}: AddCustomAudience): CustomAudienceChange {
  return { capability: 'add-custom-audience', kind: 'custom-audience', resource, audience, subscription };
}

/** The change that takes the audience out again, provided that the service still has the generation that was looked at. */
export function buildCustomAudienceUndo(
  { subscription: _, ...change }: CustomAudienceChange,
  { generation, changeId }: { readonly generation: string; readonly changeId: string },
): CustomAudienceChange {
  return { ...change, generation, undoes: changeId };
}
