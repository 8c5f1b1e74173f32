import { z } from 'zod';
import type { ApiCall, ApiMethod, GoogleError } from '../api.ts';
import { buildAuditEntries } from '../audit-entry.ts';
import type { AuditedChange, Cloud, StoredPolicy } from '../cloud.ts';
import { heldPermissions, readPolicy, writePolicy } from '../iam.ts';
import { findProject } from './find-project.ts';
import { objectIn, parseObject } from './parse-object.ts';
import { rpcCodeOf } from './rpc-code.ts';

export type ContainerKind = 'projects' | 'folders' | 'organizations';

const testBody = z.object({ permissions: z.array(z.string()).default([]) });

/** The policy methods of projects, folders and organisations: in v1 and v3 the same but for their addresses. Only a project's `SetIamPolicy` is audited here. */
export function buildContainerPolicyMethods(options: {
  readonly document: 'cloudresourcemanager.v1' | 'cloudresourcemanager.v3';
  readonly kind: ContainerKind;
  readonly verbs: readonly ('getIamPolicy' | 'setIamPolicy' | 'testIamPermissions')[];
}): readonly ApiMethod[] {
  const { document, kind } = options;
  const version = document.split('.')[1];
  const on = ({ params }: ApiCall) => `${kind}/${params['container'] ?? ''}`;
  const permission = `resourcemanager.${kind}`;
  const methods: ApiMethod[] = [
    {
      id: `cloudresourcemanager.${kind}.getIamPolicy`,
      document,
      verb: 'POST',
      path: `/${version}/${kind}/{container}:getIamPolicy`,
      permission: { name: `${permission}.getIamPolicy`, on },
      handle(call, cloud) {
        const options = objectIn(parseObject(call.body)['options']);
        const asked = options?.['requestedPolicyVersion'];
        return {
          status: 200,
          body: readPolicy(cloud, on(call), typeof asked === 'string' ? asked : Number(asked ?? 0)),
        };
      },
    },
    {
      id: `cloudresourcemanager.${kind}.setIamPolicy`,
      document,
      verb: 'POST',
      path: `/${version}/${kind}/{container}:setIamPolicy`,
      permission: { name: `${permission}.setIamPolicy`, on },
      handle(call, cloud) {
        const before = readPolicy(cloud, on(call), 3);
        const after = writePolicy(cloud, on(call), call.body);
        if (kind === 'projects') auditProjectPolicy(call, cloud, { before, after });
        return { status: 200, body: after };
      },
      onRefused(call, cloud, error) {
        if (kind === 'projects') auditProjectPolicy(call, cloud, { error });
      },
    },
    {
      id: `cloudresourcemanager.${kind}.testIamPermissions`,
      document,
      verb: 'POST',
      path: `/${version}/${kind}/{container}:testIamPermissions`,
      handle(call, cloud) {
        const { permissions } = testBody.parse(parseObject(call.body));
        const held = heldPermissions(cloud, on(call), call.caller.member, permissions);
        return { status: 200, body: held.length > 0 ? { permissions: held } : {} };
      },
    },
  ];
  return methods.filter(({ id }) => options.verbs.some((verb) => id.endsWith(`.${verb}`)));
}

/** Resource Manager names the method without a service, and says in its service data what came and went (FACTS 1.1). */
function auditProjectPolicy(
  call: ApiCall,
  cloud: Cloud,
  result: { before: StoredPolicy; after: StoredPolicy } | { error: GoogleError },
): void {
  const project = findProject(cloud, call.params['container'] ?? '');
  if (!project) return;
  const { projectId } = project;
  const change: AuditedChange = {
    serviceName: 'cloudresourcemanager.googleapis.com',
    methodName: 'SetIamPolicy',
    resourceName: `projects/${projectId}`,
    permission: 'resourcemanager.projects.setIamPolicy',
    caller: call.caller,
    userAgent: call.userAgent,
    project: projectId,
    location: 'global',
    monitoredResource: { type: 'project', labels: { project_id: projectId } },
    request: {
      '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
      resource: projectId,
      ...parseObject(call.body),
    },
    ...('error' in result
      ? { status: { code: rpcCodeOf(result.error), message: result.error.message } }
      : {
          response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', ...result.after },
          serviceData: {
            '@type': 'type.googleapis.com/google.iam.v1.logging.AuditData',
            policyDelta: buildPolicyDelta(result.before, result.after),
          },
        }),
  };
  for (const entry of buildAuditEntries(change, cloud)) cloud.audit(entry);
}

/** Which members a policy gained and lost, by role and condition, as Google's audit entries list them. */
function buildPolicyDelta(before: StoredPolicy, after: StoredPolicy): { bindingDeltas?: Record<string, unknown>[] } {
  const had = grantsOf(before);
  const has = grantsOf(after);
  const deltas = [
    ...[...has].filter(([key]) => !had.has(key)).map(([, grant]) => ({ action: 'ADD', ...grant })),
    ...[...had].filter(([key]) => !has.has(key)).map(([, grant]) => ({ action: 'REMOVE', ...grant })),
  ];
  return deltas.length > 0 ? { bindingDeltas: deltas } : {};
}

function grantsOf(policy: StoredPolicy): Map<string, Record<string, unknown>> {
  const grants = new Map<string, Record<string, unknown>>();
  for (const { role, members, condition } of policy.bindings ?? [])
    for (const member of members ?? []) {
      const grant = { role, member, ...(condition ? { condition } : {}) };
      grants.set(JSON.stringify(grant), grant);
    }
  return grants;
}
