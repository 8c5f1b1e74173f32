import type { ChangeRequest } from '../core/change/change.ts';
import { describeCustomAudience } from './add-custom-audience.ts';
import { describeIdentity } from './create-service-identity.ts';
import { describeAccessor } from './grant-iap-accessor.ts';
import { describeGrant } from './grant-invoker.ts';
import { describeIngress } from './restrict-ingress.ts';
import { describeRevoke } from './revoke-invoker.ts';
import { describePushAudience } from './set-push-audience.ts';

/** One line for a person: what a change of any kind does, to what. */
export function describeChange(change: ChangeRequest): string {
  switch (change.kind) {
    case 'add':
      return change.capability === 'grant-iap-accessor' ? describeAccessor(change) : describeGrant(change);
    case 'remove':
      return describeRevoke(change);
    case 'ingress':
      return describeIngress(change);
    case 'service-identity':
      return describeIdentity(change);
    case 'push-audience':
      return describePushAudience(change);
    case 'custom-audience':
      return describeCustomAudience(change);
  }
}
