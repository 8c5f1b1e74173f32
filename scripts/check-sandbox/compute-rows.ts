import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { GcloudRow } from './gcloud-row.ts';

const everyScope = 'includeAllScopes=True&maxResults=500&returnPartialSuccess=True';

/** Compute rows of the gcloud client's table; the last ones go beyond it: a third region is added to the balancer and taken away. */
export function buildComputeRows(estate: ArticleEstate): GcloudRow[] {
  const { projectId, thirdRegion, service, backend, clientId, iapAgent } = estate;
  const compute = `/compute/v1/projects/${projectId}`;
  const one = `${compute}/global/backendServices/${backend}`;
  const negs = `${compute}/regions/${thirdRegion}/networkEndpointGroups`;
  const patch = [`GET compute ${one}`, `PATCH compute ${one}`, `GET compute ${one}`];
  const put = [`GET compute ${one}`, `PUT compute ${one}`, `GET compute ${one}`];
  const key = `projects/${projectId}/global/backendServices/${backend}`;
  const negKey = `projects/${projectId}/regions/${thirdRegion}/networkEndpointGroups/extra`;
  const neg = ['--network-endpoint-group=extra', `--network-endpoint-group-region=${thirdRegion}`];
  return [
    {
      args: ['compute', 'backend-services', 'list', '--global'],
      requests: [`GET compute ${compute}/global/backendServices?maxResults=500`],
      output: new RegExp(backend),
    },
    {
      args: ['compute', 'backend-services', 'describe', backend, '--global'],
      requests: [`GET compute ${one}`],
      output: /fingerprint/,
    },
    {
      args: [
        ...['compute', 'backend-services', 'update', backend, '--global'],
        `--iap=enabled,oauth2-client-id=${clientId},oauth2-client-secret=S`,
      ],
      requests: patch,
      holds: ({ compute }) => {
        const iap = JSON.stringify(compute.get(key)?.['iap']);
        return iap.includes(clientId) && iap.includes('Sha256') && !iap.includes('oauth2ClientSecret"');
      },
    },
    {
      args: ['compute', 'backend-services', 'update', backend, '--global', '--iap=enabled'],
      requests: patch,
      holds: ({ serviceAccounts }) => serviceAccounts.has(iapAgent.replace('serviceAccount:', '')),
    },
    {
      args: ['compute', 'network-endpoint-groups', 'list'],
      requests: [`GET compute ${compute}/aggregated/networkEndpointGroups?${everyScope}`],
      output: /SERVERLESS/,
    },
    {
      args: [
        ...['compute', 'network-endpoint-groups', 'create', 'extra', `--region=${thirdRegion}`],
        ...['--network-endpoint-type=serverless', `--cloud-run-service=${service}`],
      ],
      requests: [`POST compute ${negs}`, `GET compute ${negs}/extra`],
      output: /extra/,
    },
    {
      args: ['compute', 'ssl-certificates', 'list', '--global'],
      requests: [`GET compute ${compute}/global/sslCertificates?maxResults=500`],
      output: new RegExp(estate.certificate),
    },
    {
      args: ['compute', 'backend-services', 'add-backend', backend, '--global', ...neg],
      requests: put,
      holds: ({ compute }) => JSON.stringify(compute.get(key)).includes(negKey),
    },
    {
      args: ['compute', 'backend-services', 'remove-backend', backend, '--global', ...neg],
      requests: put,
      holds: ({ compute }) => !JSON.stringify(compute.get(key)).includes(negKey),
    },
    {
      args: ['compute', 'network-endpoint-groups', 'delete', 'extra', `--region=${thirdRegion}`],
      requests: [`DELETE compute ${negs}/extra`],
      holds: ({ compute }) => !compute.has(negKey),
    },
    {
      args: ['compute', 'url-maps', 'list'],
      requests: [`GET compute ${compute}/aggregated/urlMaps?${everyScope}`],
      output: new RegExp(estate.urlMap),
    },
    {
      args: ['compute', 'forwarding-rules', 'list'],
      requests: [`GET compute ${compute}/aggregated/forwardingRules?${everyScope}`],
      output: new RegExp(estate.forwardingRule),
    },
  ];
}
