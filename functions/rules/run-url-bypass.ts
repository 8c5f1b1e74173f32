import { buildRestrictIngress } from '../core/commands/service-commands.ts';
import { listJudgedServices } from '../core/estate/judged-services.ts';
import type { Rule } from './rule.ts';

/** A service behind a balancer's IAP answers on its run.app URL too, where no IAP stands. */
export const runUrlBypass: Rule = {
  id: 'run-url-bypass',
  evaluate: ({ inventory, paths }) =>
    listJudgedServices(inventory, paths)
      .filter(({ service, paths: own }) => {
        const isReachable = service.ingress === 'all' && !service.defaultUrlDisabled;
        // Direct IAP guards that URL itself.
        return isReachable && !service.iapEnabled && own.some(({ through }) => through);
      })
      .map(({ service, via }) => {
        const fix = buildRestrictIngress(service);
        return {
          severity: 'medium',
          mode: 'approve',
          resource: service.name,
          subject: 'all',
          message: `${service.service} in ${service.region} answers the whole internet on its run.app URL, past the load balancer and its IAP.`,
          hint: 'Set its ingress to internal-and-cloud-load-balancing. Where other callers need that ingress, --no-default-url shuts the run.app URL alone.',
          want: ['ingress: internal-and-cloud-load-balancing'],
          have: ['ingress: all', ...service.urls.map((url) => `default URL: ${url}`)],
          via,
          actions: [{ kind: 'restrict-ingress', resource: service.name }],
          gcloud: [fix.gcloud],
          terraform: fix.terraform,
        };
      }),
};
