import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import { buildAuditEntries } from '../audit-entry.ts';
import type { AuditedChange, Cloud } from '../cloud.ts';
import { heldPermissions, listModifiedRoles, readPolicy, writePolicy } from '../iam.ts';
import { requirePermission } from '../permissions.ts';
import { type IapResource, resolveIapResource } from './iap-resource.ts';
import { readIapSettings, writeIapSettings } from './iap-settings.ts';
import { objectIn, parseObject } from './parse-object.ts';
import { rpcCodeOf } from './rpc-code.ts';

/** The three levels of IAP's resources; Discovery has one path, `v1/{+resource}`, for all. */
const paths = [
  '/v1/projects/{project}/iap_web',
  '/v1/projects/{project}/iap_web/{web}',
  '/v1/projects/{project}/iap_web/{web}/services/{service}',
];
const testBody = z.object({ permissions: z.array(z.string()).default([]) });

type IapHandler = (resource: IapResource, call: ApiCall, cloud: Cloud) => ApiReply;

/** IAP: who may pass (policies) and how (settings) at backends, Cloud Run services and everything above them. Only policy writes are audited, as Google does by default. */
export const iapMethods: readonly ApiMethod[] = paths.flatMap((path): ApiMethod[] => {
  const build = (
    id: string,
    verb: ApiMethod['verb'],
    suffix: string,
    permission: string | undefined,
    handler: IapHandler,
  ): ApiMethod => ({
    id: `iap.${id}`,
    document: 'iap.v1',
    verb,
    path: `${path}:${suffix}`,
    handle(call, cloud) {
      const resource = resolveIapResource(call, cloud);
      const modified = permission === 'setIamPolicy' ? listModifiedRoles(cloud, resource.key, call.body) : [];
      if (permission)
        requirePermission(cloud, call.caller, `iap.${resource.level}.${permission}`, resource.key, modified);
      return handler(resource, call, cloud);
    },
  });
  return [
    build('getIamPolicy', 'POST', 'getIamPolicy', 'getIamPolicy', getPolicy),
    { ...build('setIamPolicy', 'POST', 'setIamPolicy', 'setIamPolicy', setPolicy), onRefused: auditRefused },
    build('testIamPermissions', 'POST', 'testIamPermissions', undefined, testPermissions),
    build('getIapSettings', 'GET', 'iapSettings', 'getSettings', ({ key }, _call, cloud) => ({
      status: 200,
      body: readIapSettings(cloud, key),
    })),
    build('updateIapSettings', 'PATCH', 'iapSettings', 'updateSettings', ({ key }, call, cloud) => ({
      status: 200,
      body: writeIapSettings(cloud, key, parseObject(call.body), call.query.get('updateMask')),
    })),
  ];
});

function getPolicy({ key }: IapResource, call: ApiCall, cloud: Cloud): ApiReply {
  const asked = objectIn(parseObject(call.body)['options'])?.['requestedPolicyVersion'];
  return { status: 200, body: readPolicy(cloud, key, Number(asked ?? 0)) };
}

function setPolicy(resource: IapResource, call: ApiCall, cloud: Cloud): ApiReply {
  const policy = writePolicy(cloud, resource.key, call.body);
  audit(resource, call, cloud, { response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', ...policy } });
  return { status: 200, body: policy };
}

function testPermissions({ key }: IapResource, call: ApiCall, cloud: Cloud): ApiReply {
  const { permissions } = testBody.parse(parseObject(call.body));
  const held = heldPermissions(cloud, key, call.caller.member, permissions);
  return { status: 200, body: held.length > 0 ? { permissions: held } : {} };
}

function auditRefused(call: ApiCall, cloud: Cloud, error: GoogleError): void {
  const status = { code: rpcCodeOf(error), message: error.message };
  const resource = findResource(call, cloud);
  if (resource) audit(resource, call, cloud, { status });
}

/** Undefined where the refusal was that there is no such resource. */
function findResource(call: ApiCall, cloud: Cloud): IapResource | undefined {
  try {
    return resolveIapResource(call, cloud);
  } catch (cause) {
    if (cause instanceof GoogleError) return undefined;
    throw cause;
  }
}

/** The resource is named by numeric ids, and the monitored resource does not say which backend it is (FACTS 1.1). */
function audit(
  { key, project, level }: IapResource,
  call: ApiCall,
  cloud: Cloud,
  result: Pick<AuditedChange, 'response' | 'status'>,
): void {
  const change: AuditedChange = {
    serviceName: 'iap.googleapis.com',
    methodName: 'google.cloud.iap.v1.IdentityAwareProxyAdminService.SetIamPolicy',
    resourceName: key,
    permission: `iap.${level}.setIamPolicy`,
    caller: call.caller,
    userAgent: call.userAgent,
    project: project.projectId,
    location: 'global',
    monitoredResource: {
      type: 'gce_backend_service',
      labels: { backend_service_id: '', location: '', project_id: project.projectId },
    },
    request: {
      '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
      resource: key,
      ...parseObject(call.body),
    },
    ...result,
  };
  for (const entry of buildAuditEntries(change, cloud)) cloud.audit(entry);
}
