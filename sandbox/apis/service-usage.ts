import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { findProject, requireProject } from './find-project.ts';
import { buildServiceAgent } from './service-agents.ts';

const onProject = ({ params }: ApiCall) => `projects/${params['project'] ?? ''}`;
const doneOperation = { name: 'operations/noop.DONE_OPERATION', done: true };

/** Service Usage: every API is enabled unless it was switched off, and a service's agent can be asked for. */
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
    id: 'serviceusage.services.batchGet',
    document: 'serviceusage.v1',
    verb: 'GET',
    path: '/v1/projects/{project}/services:batchGet',
    permission: { name: 'serviceusage.services.get', on: onProject },
    handle: batchGet,
  },
  {
    id: 'serviceusage.services.disable',
    document: 'serviceusage.v1',
    verb: 'POST',
    path: '/v1/projects/{project}/services/{service}:disable',
    permission: { name: 'serviceusage.services.disable', on: onProject },
    handle(call, cloud) {
      cloud.disabledApis.add(keyOf(call, cloud));
      const type = 'type.googleapis.com/google.api.serviceusage.v1.DisableServiceResponse';
      return {
        status: 200,
        body: { ...doneOperation, response: { '@type': type, service: serviceBody(call, cloud) } },
      };
    },
  },
  {
    id: 'serviceusage.services.enable',
    document: 'serviceusage.v1',
    verb: 'POST',
    path: '/v1/projects/{project}/services/{service}:enable',
    permission: { name: 'serviceusage.services.enable', on: onProject },
    handle(call, cloud) {
      cloud.disabledApis.delete(keyOf(call, cloud));
      const type = 'type.googleapis.com/google.api.serviceusage.v1.EnableServiceResponse';
      return {
        status: 200,
        body: { ...doneOperation, response: { '@type': type, service: serviceBody(call, cloud) } },
      };
    },
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

/** Up to 30 services by full name, all of the project that is asked (serviceusage.v1). */
function batchGet({ params, query }: ApiCall, cloud: Cloud): ApiReply {
  const names = query.getAll('names');
  if (names.length > 30) throw invalid('At most 30 services may be requested in a batch.');
  const project = params['project'] ?? '';
  const services = names.map((name) => {
    const [, owner = '', service = ''] = /^projects\/([^/]+)\/services\/([^/]+)$/.exec(name) ?? [];
    const isOfParent = owner !== '' && findProject(cloud, owner) === findProject(cloud, project);
    if (!isOfParent) throw invalid(`The service name ${name} does not match the parent projects/${project}.`);
    return describe(project, service, cloud);
  });
  return { status: 200, body: services.length > 0 ? { services } : {} };
}

function serviceBody({ params }: ApiCall, cloud: Cloud) {
  return describe(params['project'] ?? '', params['service'] ?? '', cloud);
}

function describe(project: string, name: string, cloud: Cloud) {
  const { projectId, projectNumber } = requireProject(cloud, project);
  const parent = `projects/${projectNumber}`;
  const isDisabled = cloud.disabledApis.has(`projects/${projectId}/services/${name}`);
  return { name: `${parent}/services/${name}`, config: { name }, state: isDisabled ? 'DISABLED' : 'ENABLED', parent };
}

function keyOf({ params }: ApiCall, cloud: Cloud): string {
  return `projects/${requireProject(cloud, params['project'] ?? '').projectId}/services/${params['service']}`;
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}
