import type { ChangeRequest } from '../core/change/change.ts';
import type { Action } from '../core/finding.ts';
import { type AddCustomAudience, buildCustomAudienceChange } from './add-custom-audience.ts';
import { buildAccessorChange, type GrantIapAccessor } from './grant-iap-accessor.ts';
import { buildPushAudienceChange, type SetPushAudience } from './set-push-audience.ts';

/** What lets pushes arrive: it shuts no door, and each is a write of its own. */
export type PushAction = SetPushAudience | GrantIapAccessor | AddCustomAudience;

/** Whether an action is about a push subscription. */
export function isPushAction(action: Action): action is PushAction {
  return (
    action.kind === 'set-push-audience' || action.kind === 'grant-iap-accessor' || action.kind === 'add-custom-audience'
  );
}

/** The change that one of them makes. */
export function buildPushChange(action: PushAction): ChangeRequest {
  switch (action.kind) {
    case 'set-push-audience':
      return buildPushAudienceChange(action);
    case 'grant-iap-accessor':
      return buildAccessorChange(action);
    case 'add-custom-audience':
      return buildCustomAudienceChange(action);
  }
}

/** Whether something else must be in effect before it may be done: every region accepts an audience before a push uses it. */
export function mustWait(action: PushAction): boolean {
  return action.kind === 'set-push-audience' && action.after.length > 0;
}
