import type { Ingress } from '../inventory.ts';
import type { IngressChange, ServiceState } from './change.ts';

/** A partial update of a Cloud Run service (v2): only what the mask names is looked at, so nothing else can change. */
export interface IngressPatch {
  readonly updateMask: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The update that sets the ingress, on exactly the version that was read. */
export function buildIngressPatch({ etag }: ServiceState, { ingress }: IngressChange): IngressPatch {
  return { updateMask: 'ingress', body: { ingress: ingressWords[ingress], etag } };
}

/** v1's words for ingress in v2's. */
export const ingressWords: Readonly<Record<Ingress, string>> = {
  all: 'INGRESS_TRAFFIC_ALL',
  internal: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  'internal-and-cloud-load-balancing': 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
  none: 'INGRESS_TRAFFIC_NONE',
};
