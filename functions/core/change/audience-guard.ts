import { AppError } from '../../errors.ts';
import { pushAddress } from '../estate/push-address.ts';
import { isClientForm } from '../estate/push-audience.ts';
import { parseServiceName } from '../estate/resource-name.ts';
import type { CustomAudienceChange, PushAudienceChange, PushState, ServiceState } from './change.ts';
import type { IngressPatch } from './ingress-patch.ts';
import { isSameJson } from './same-json.ts';

/** The push configuration with another audience; everything else as it was read. */
export function buildPushConfig(
  { pushConfig, account }: PushState,
  { audience }: Pick<PushAudienceChange, 'audience'>,
): Readonly<Record<string, unknown>> {
  const { oidcToken, ...rest } = pushConfig;
  const { audience: _, ...token } = isRecord(oidcToken) ? oidcToken : { serviceAccountEmail: account };
  return { ...rest, oidcToken: { ...token, ...(audience === undefined ? {} : { audience }) } };
}

/**
 * The last gate before a push subscription is updated (DESIGN 6.2): nothing but the audience of a token that is there
 * differs, and it becomes an OAuth client ID or the subscription's own host; only an undo sets anything else. Throws `write-refused`.
 */
export function assertLegalPush(
  before: PushState,
  sent: Readonly<Record<string, unknown>>,
  change: PushAudienceChange,
  capabilities: readonly string[],
): void {
  const { capability, resource, audience, undoes } = change;
  const { oidcToken, ...rest } = sent;
  const { oidcToken: formerToken, ...formerRest } = before.pushConfig;
  const token = isRecord(oidcToken) ? oidcToken : {};
  const former = isRecord(formerToken) ? formerToken : {};
  if (capability !== 'set-push-audience' || !capabilities.includes(capability))
    throw refused(resource, `the capability ${capability} is off`);
  if (!/^\/\/pubsub\.googleapis\.com\/projects\/[^/]+\/subscriptions\/[^/]+$/.test(resource))
    throw refused(resource, 'only a subscription has a push audience');
  if (before.account === undefined || before.endpoint === '')
    throw refused(resource, 'the subscription pushes without a token');
  if (undoes === undefined && (change.endpoint === undefined || change.endpoint !== pushAddress(before.endpoint)))
    throw refused(resource, 'the subscription does not push where it did when this was planned');
  if (!isSameJson(rest, formerRest) || !isSameJson(withoutAudience(token), withoutAudience(former)))
    throw refused(resource, 'something other than the audience would change');
  if (token['audience'] !== audience) throw refused(resource, 'the audience is not the one that was planned');
  const isLegal = undoes !== undefined || isClientForm(audience ?? '') || audience === hostAudience(before.endpoint);
  if (!isLegal) throw refused(resource, `${JSON.stringify(audience)} is no audience that may be set`);
}

/** The update that adds a custom audience, or (undo) takes it out, on exactly the version that was read. */
export function buildCustomAudiencePatch(
  { etag, customAudiences = [] }: ServiceState,
  { audience, undoes }: CustomAudienceChange,
): IngressPatch {
  const others = customAudiences.filter((one) => one !== audience);
  return {
    updateMask: 'customAudiences',
    body: { customAudiences: undoes === undefined ? [...others, audience] : others, etag },
  };
}

/** As `assertLegalPush`, for a service: one audience more, which is the host of the push subscription that it is for. */
export function assertLegalCustomAudience(
  before: ServiceState,
  { updateMask, body }: IngressPatch,
  change: CustomAudienceChange,
  { capabilities, endpoint }: { readonly capabilities: readonly string[]; readonly endpoint: string | undefined },
): void {
  const { capability, resource, audience, undoes } = change;
  const { customAudiences: former, etag } = before;
  if (capability !== 'add-custom-audience' || !capabilities.includes(capability))
    throw refused(resource, `the capability ${capability} is off`);
  if (!parseServiceName(resource)) throw refused(resource, 'only a Cloud Run service has custom audiences');
  if (updateMask !== 'customAudiences')
    throw refused(resource, `the update names ${updateMask || 'the whole service'}`);
  if (former === undefined || etag === '' || body['etag'] !== etag)
    throw refused(resource, 'the update is not bound to the version that was read');
  const wanted = undoes === undefined ? [...former, audience] : former.filter((one) => one !== audience);
  if (!isSameJson(body, { customAudiences: wanted, etag })) throw refused(resource, 'other audiences would change');
  if (undoes === undefined && (endpoint === undefined || audience !== hostAudience(endpoint)))
    throw refused(resource, `${JSON.stringify(audience)} is not the host that the subscription pushes to`);
}

/** `https://` and the host of an endpoint: the audience that all regions of its services can share. */
export function hostAudience(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  // What URL takes for a host is more than a host name: a comma would be two audiences to gcloud.
  return url?.protocol === 'https:' && /^[a-z0-9.-]+(:\d+)?$/.test(url.host) ? `https://${url.host}` : undefined;
}

function withoutAudience({ audience: _, ...rest }: Readonly<Record<string, unknown>>) {
  return rest;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(resource: string, problem: string): AppError {
  return new AppError('write-refused', `${resource}: ${problem}; nothing was written`, {
    hint: 'This is a fault in Sallyport, not in your project: please report it with the log line.',
  });
}
