import type { Backend, Inventory, PushSubscription } from '../inventory.ts';

/** The audience of a push's token; the endpoint where none is set (FACTS 5). */
export function audienceOf({ endpoint, oidc }: PushSubscription): string {
  return oidc?.audience ?? endpoint;
}

/** A backend, or a service with direct IAP, which names no client itself. */
type Guarded = Pick<Backend, 'name' | 'oauth2ClientId'>;

/** `accepted`: IAP takes it. `refused`: it cannot. `open`: what would decide was not read. */
export type AudienceVerdict =
  | { readonly kind: 'accepted' | 'refused' }
  | { readonly kind: 'open'; readonly reason: 'iap-settings-not-read' | 'client-overridden-by-settings' };

/**
 * Whether IAP takes an audience at a backend: its OAuth client, the one that IAP's settings name instead, or one of the
 * settings' programmatic clients. What has not the form of a client ID can be none of these, whatever was read.
 */
export function judgeAudience(audience: string, backend: Guarded, inventory: Inventory): AudienceVerdict {
  const settings = inventory.iapClients?.get(backend.name);
  if (settings && [settings.clientId, ...settings.programmaticClients].includes(audience)) return { kind: 'accepted' };
  if (backend.oauth2ClientId !== undefined && audience === backend.oauth2ClientId) {
    const isOverridden = settings?.clientId !== undefined && settings.clientId !== audience;
    return isOverridden ? { kind: 'open', reason: 'client-overridden-by-settings' } : { kind: 'accepted' };
  }
  if (settings || !isClientForm(audience)) return { kind: 'refused' };
  return { kind: 'open', reason: 'iap-settings-not-read' };
}

/** Audiences that IAP takes at a backend as far as they are known, the one to choose first. */
export function acceptedAudiences(backend: Guarded, inventory: Inventory): readonly string[] {
  const settings = inventory.iapClients?.get(backend.name);
  const client = settings?.clientId ?? backend.oauth2ClientId;
  return [...new Set([...(client === undefined ? [] : [client]), ...(settings?.programmaticClients ?? [])])];
}

/** Old client IDs are a number alone; free text that is none of them was never given out by Google. */
export function isClientForm(text: string): boolean {
  return /^[a-z0-9-]+\.apps\.googleusercontent\.com$/i.test(text);
}
