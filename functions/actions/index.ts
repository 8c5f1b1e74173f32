import type { ChangeRequest } from '../core/change/change.ts';
import { describeIdentity } from './create-service-identity.ts';
import { describeGrant } from './grant-invoker.ts';
import { describeIngress } from './restrict-ingress.ts';
import { describeRevoke } from './revoke-invoker.ts';

/** One line for a person: what a change of any kind does, to what. */
export function describeChange(change: ChangeRequest): string {
  switch (change.kind) {
    case 'add':
      return describeGrant(change);
    case 'remove':
      return describeRevoke(change);
    case 'ingress':
      return describeIngress(change);
    case 'service-identity':
      return describeIdentity(change);
  }
}
