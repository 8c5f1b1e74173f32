import { buildRestrictIngress } from '../core/commands/service-commands.ts';
import type { AccessPath } from '../core/estate/access-paths.ts';
import { listJudgedServices, listVia } from '../core/estate/judged-services.ts';
import type { Rule } from './rule.ts';

const externalSchemes: ReadonlySet<string | undefined> = new Set(['EXTERNAL', 'EXTERNAL_MANAGED']);

/** A service behind an external balancer takes no requests from it: whoever IAP lets in gets a 404. */
export const ingressBlocksBalancer: Rule = {
  id: 'ingress-blocks-balancer',
  evaluate: ({ inventory, paths }) =>
    listJudgedServices(inventory, paths).flatMap(({ service, paths: own }) => {
      const blocked = own.filter(isExternal);
      if ((service.ingress !== 'internal' && service.ingress !== 'none') || blocked.length === 0) return [];
      const fix = buildRestrictIngress(service);
      return [
        {
          severity: 'high',
          mode: 'observe',
          resource: service.name,
          subject: service.ingress,
          message: `The ingress of ${service.service} in ${service.region} is ${service.ingress}: requests through the external load balancer get a 404 there.`,
          hint: 'Set it to internal-and-cloud-load-balancing, or take the service off the balancer if nobody outside is to reach it.',
          want: ['ingress: internal-and-cloud-load-balancing'],
          have: [`ingress: ${service.ingress}`],
          via: listVia(blocked),
          actions: [],
          gcloud: [fix.gcloud],
          terraform: fix.terraform,
        },
      ];
    }),
};

/** By the word that Compute always gives; where a source lacks it, nothing is claimed about the balancer. */
function isExternal({ through }: AccessPath): boolean {
  return externalSchemes.has(through?.backend.loadBalancingScheme);
}
