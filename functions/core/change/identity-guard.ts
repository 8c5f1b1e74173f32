import { iapService } from '../../actions/create-service-identity.ts';
import { AppError } from '../../errors.ts';
import type { IdentityChange } from './change.ts';

/** The last gate before Google is asked for a service's account: IAP's, of one project, where the capability is on. Throws `write-refused`. */
export function assertLegalIdentity(change: IdentityChange, capabilities: readonly string[]): void {
  const { capability, resource, service } = change;
  const isOn = capability === 'create-service-identity' && capabilities.includes(capability);
  const isProject = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/[^/]+$/.test(resource);
  if (isOn && isProject && service === iapService) return;
  const why = isOn ? `${service} on ${resource} is no service agent of IAP` : `the capability ${capability} is off`;
  throw new AppError('write-refused', `${why}; nothing was written`, {
    hint: 'This is a fault in Sallyport, not in your project: please report it with the log line.',
  });
}
