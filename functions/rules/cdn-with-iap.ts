import { backendId, buildBackendTerraform, buildBackendUpdate } from '../core/commands/backend-commands.ts';
import { listIapBackends } from '../core/estate/iap-backends.ts';
import { listVia } from '../core/estate/judged-services.ts';
import type { Rule } from './rule.ts';

/** Cloud CDN and IAP are on at the same backend: Google does not support the two together. */
export const cdnWithIap: Rule = {
  id: 'cdn-with-iap',
  evaluate: ({ inventory, paths }) =>
    listIapBackends(inventory)
      .filter(({ backend }) => backend.enableCdn)
      .map(({ backend }) => ({
        severity: 'medium',
        mode: 'observe',
        resource: backend.name,
        subject: '',
        message: `Cloud CDN and IAP are both on at ${backendId(backend)}: a cache does not ask who is there, and Google does not support the two together.`,
        hint: 'Turn the CDN off here, and serve what may be cached from a backend of its own without IAP.',
        want: ['Cloud CDN off where IAP is on'],
        have: ['enableCDN: true', 'iap.enabled: true'],
        via: listVia(paths.filter(({ through }) => through?.backend === backend)),
        actions: [],
        gcloud: [buildBackendUpdate(backend, ['--no-enable-cdn'])],
        terraform: buildBackendTerraform(backend, ['enable_cdn = false']),
      })),
};
