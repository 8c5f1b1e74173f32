import { backendId, buildBackendTerraform, buildBackendUpdate } from '../core/commands/backend-commands.ts';
import { type IapBackend, listIapBackends } from '../core/estate/iap-backends.ts';
import { listVia } from '../core/estate/judged-services.ts';
import type { Neg } from '../core/inventory.ts';
import type { Rule } from './rule.ts';

/** A classic balancer speaks HTTP/2 to Cloud Run behind IAP: browsers end in redirect loops. */
export const http2ClassicLoop: Rule = {
  id: 'http2-classic-loop',
  evaluate: ({ inventory, paths }) =>
    listIapBackends(inventory)
      .filter(isLoop)
      .map(({ backend }) => ({
        severity: 'medium',
        mode: 'observe',
        resource: backend.name,
        subject: '',
        message: `${backendId(backend)} is a classic balancer's backend with IAP and speaks HTTP/2 to Cloud Run: users are redirected in a circle.`,
        hint: 'Set the protocol to HTTPS (for a serverless NEG it changes nothing else), or move to the global external balancer (EXTERNAL_MANAGED).',
        want: ['protocol HTTPS, or loadBalancingScheme EXTERNAL_MANAGED'],
        have: [`protocol ${backend.protocol ?? ''}`, `loadBalancingScheme ${backend.loadBalancingScheme ?? ''}`],
        via: listVia(paths.filter(({ through }) => through?.backend === backend)),
        actions: [],
        gcloud: [buildBackendUpdate(backend, ['--protocol=HTTPS'])],
        terraform: buildBackendTerraform(backend, ['protocol = "HTTPS"']),
      })),
};

/** `EXTERNAL` is the classic balancer; the newer one says EXTERNAL_MANAGED. */
function isLoop({ backend, negs }: IapBackend): boolean {
  return backend.loadBalancingScheme === 'EXTERNAL' && backend.protocol === 'HTTP2' && negs.some(leadsToRun);
}

function leadsToRun({ target }: Neg): boolean {
  return !['app-engine', 'other-serverless', 'not-serverless'].includes(target.kind);
}
