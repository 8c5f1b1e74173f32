import { restrictedIngress } from '../../actions/restrict-ingress.ts';
import { AppError } from '../../errors.ts';
import { parseServiceName } from '../estate/resource-name.ts';
import type { IngressChange, ServiceState } from './change.ts';
import { type IngressPatch, ingressWords } from './ingress-patch.ts';
import { isSameJson } from './same-json.ts';

/**
 * The last gate before a service is updated (DESIGN 6.2): only an open service becomes reachable through load balancers
 * and from inside alone, only the undo of that opens it again, and the update names nothing but the ingress. Throws `write-refused`.
 */
export function assertLegalIngress(
  before: ServiceState,
  patch: IngressPatch,
  change: IngressChange,
  capabilities: readonly string[],
): void {
  const problem = notAllowed(before, change, capabilities) ?? notOnlyIngress(before, patch, change);
  if (problem === undefined) return;
  throw new AppError('write-refused', `${change.resource}: ${problem}; nothing was written`, {
    hint: 'This is a fault in Sallyport, not in your project: please report it with the log line.',
  });
}

/** What Google answers must be the service that was read, but for the ingress. Throws `write-not-kept`. */
export function assertOnlyIngressChanged(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  { resource, ingress }: IngressChange,
): void {
  const changed = ownersFields.filter((field) => !isSameJson(before[field], after[field]));
  const kept = after['ingress'] === ingressWords[ingress];
  if (kept && changed.length === 0) return;
  const what = kept ? `${changed.join(', ')} changed as well` : 'the ingress is not what was asked for';
  throw new AppError('write-not-kept', `${resource}: the update was accepted, and ${what}`);
}

/** What a service's owner decides; the rest (status, times, etag) is Google's and moves with every update. */
const ownersFields = [
  'annotations',
  'binaryAuthorization',
  'customAudiences',
  'defaultUriDisabled',
  'description',
  'iapEnabled',
  'invokerIamDisabled',
  'labels',
  'latestCreatedRevision',
  'launchStage',
  'multiRegionSettings',
  'scaling',
  'template',
  'traffic',
];

function notAllowed(before: ServiceState, change: IngressChange, capabilities: readonly string[]): string | undefined {
  const { capability, resource, ingress, undoes } = change;
  if (capability !== 'restrict-ingress' || !capabilities.includes(capability))
    return `the capability ${capability} is off`;
  if (!parseServiceName(resource)) return 'only a Cloud Run service has an ingress';
  const [from, to] = undoes === undefined ? ['all', restrictedIngress] : [restrictedIngress, 'all'];
  if (before.ingress !== from || ingress !== to) return `the ingress may not go from ${before.ingress} to ${ingress}`;
  return undefined;
}

function notOnlyIngress(
  before: ServiceState,
  { updateMask, body }: IngressPatch,
  change: IngressChange,
): string | undefined {
  if (updateMask !== 'ingress') return `the update names ${updateMask || 'the whole service'}, not the ingress alone`;
  if (before.etag === '' || body['etag'] !== before.etag) return 'the update is not bound to the version that was read';
  const wanted = { ingress: ingressWords[change.ingress], etag: before.etag };
  return isSameJson(body, wanted) ? undefined : 'the update carries more than the ingress';
}
