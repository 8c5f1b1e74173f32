import type { IngressChange, ServiceState } from '../core/change/change.ts';

/** Let requests reach one service only through load balancers and from inside. */
export interface RestrictIngress {
  readonly kind: 'restrict-ingress';
  /** Full resource name of the service. */
  readonly resource: string;
}

/** The only ingress that Sallyport sets of its own accord. */
export const restrictedIngress = 'internal-and-cloud-load-balancing';

/** One line for a person: what will be done, to what. */
export function describeIngress({ resource, ingress }: Pick<IngressChange, 'resource' | 'ingress'>): string {
  return `set the ingress of ${resource} to ${ingress}`;
}

/** Whether the service has the ingress already. */
export function isIngressSet({ ingress }: ServiceState, change: Pick<IngressChange, 'ingress'>): boolean {
  return ingress === change.ingress;
}

/** The change that makes it; `requires` are the identities that must be able to invoke before the other way is shut. */
export function buildIngressChange({ resource }: RestrictIngress, requires: readonly string[]): IngressChange {
  return {
    capability: 'restrict-ingress',
    kind: 'ingress',
    resource,
    ingress: restrictedIngress,
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/** The change that gives a service back the ingress it had, provided that it still has the generation that was looked at. */
export function buildIngressUndo(
  { requires: _, ...change }: IngressChange,
  former: ServiceState | undefined,
  { generation, changeId }: { readonly generation: string; readonly changeId: string },
): IngressChange {
  // Without a record of what was there: only an open service is ever restricted.
  return { ...change, ingress: former?.ingress ?? 'all', generation, undoes: changeId };
}
