import type { ApiCall, ApiMethod } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requireProject } from './find-project.ts';
import { buildServiceAgent } from './service-agents.ts';

const onProject = ({ params }: ApiCall) => `projects/${params['project'] ?? ''}`;
const doneOperation = { name: 'operations/noop.DONE_OPERATION', done: true };

/** Service Usage: every API is enabled, and a service's agent can be asked for. */
export const serviceUsageMethods: readonly ApiMethod[] = [
  {
    id: 'serviceusage.services.get',
    document: 'serviceusage.v1',
    verb: 'GET',
    path: '/v1/projects/{project}/services/{service}',
    permission: { name: 'serviceusage.services.get', on: onProject },
    handle: (call, cloud) => ({ status: 200, body: serviceBody(call, cloud) }),
  },
  {
    id: 'serviceusage.services.enable',
    document: 'serviceusage.v1',
    verb: 'POST',
    path: '/v1/projects/{project}/services/{service}:enable',
    permission: { name: 'serviceusage.services.enable', on: onProject },
    handle: (call, cloud) => ({
      status: 200,
      body: {
        ...doneOperation,
        response: {
          '@type': 'type.googleapis.com/google.api.serviceusage.v1.EnableServiceResponse',
          service: serviceBody(call, cloud),
        },
      },
    }),
  },
  {
    id: 'serviceusage.services.generateServiceIdentity',
    document: 'serviceusage.v1beta1',
    verb: 'POST',
    path: '/v1beta1/projects/{project}/services/{service}:generateServiceIdentity',
    // Google documents no permission for this call (FACTS 9.1); enabling services stands in for it.
    permission: { name: 'serviceusage.services.enable', on: onProject },
    handle({ params }, cloud) {
      const agent = buildServiceAgent(requireProject(cloud, params['project'] ?? ''), params['service'] ?? '');
      cloud.serviceAccounts.add(agent.email);
      const type = 'type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity';
      return { status: 200, body: { ...doneOperation, response: { '@type': type, ...agent } } };
    },
  },
];

function serviceBody({ params }: ApiCall, cloud: Cloud) {
  const parent = `projects/${requireProject(cloud, params['project'] ?? '').projectNumber}`;
  const name = params['service'] ?? '';
  return { name: `${parent}/services/${name}`, config: { name }, state: 'ENABLED', parent };
}
