import { z } from 'zod';
import type { ApiCall, ApiMethod } from '../../api.ts';
import { heldPermissions, listModifiedRoles, readPolicy, writePolicy } from '../../iam.ts';
import { parseObject } from '../parse-object.ts';
import { auditRun } from './run-audit.ts';
import { type RunPlace, requireRunService, runKey } from './run-store.ts';

const testBody = z.object({ permissions: z.array(z.string()).default([]) });
const policyTypes = { '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest' };

/** The three policy methods of Cloud Run services, the same in v1 and v2 but for their addresses and audit names. */
export function buildRunIamMethods(version: 'v1' | 'v2'): ApiMethod[] {
  const path = `/${version}/projects/{project}/locations/{region}/services/{service}`;
  const common = { document: `run.${version}` };
  return [
    {
      ...common,
      id: 'run.projects.locations.services.getIamPolicy',
      verb: 'GET',
      path: `${path}:getIamPolicy`,
      permission: { name: 'run.services.getIamPolicy', on: keyOf },
      handle(call, cloud) {
        requireRunService(cloud, placeOf(call));
        return { status: 200, body: readPolicy(cloud, keyOf(call), call.query.get('options.requestedPolicyVersion')) };
      },
    },
    {
      ...common,
      id: 'run.projects.locations.services.setIamPolicy',
      verb: 'POST',
      path: `${path}:setIamPolicy`,
      permission: {
        name: 'run.services.setIamPolicy',
        on: keyOf,
        modifiedRoles: (call, cloud) => listModifiedRoles(cloud, keyOf(call), call.body),
      },
      handle(call, cloud) {
        requireRunService(cloud, placeOf(call));
        const policy = writePolicy(cloud, keyOf(call), call.body);
        const { version: policyVersion, ...rest } = policy;
        const response = {
          '@type': 'type.googleapis.com/google.iam.v1.Policy',
          ...(policyVersion === 3 ? { version: 3 } : {}),
          ...rest,
        };
        auditRun(cloud, {
          version,
          verb: 'SetIamPolicy',
          place: placeOf(call),
          call,
          request: requestOf(call),
          response,
        });
        return { status: 200, body: policy };
      },
      onRefused(call, cloud, error) {
        auditRun(cloud, { version, verb: 'SetIamPolicy', place: placeOf(call), call, request: requestOf(call), error });
      },
    },
    {
      ...common,
      id: 'run.projects.locations.services.testIamPermissions',
      verb: 'POST',
      path: `${path}:testIamPermissions`,
      handle(call, cloud) {
        requireRunService(cloud, placeOf(call));
        const { permissions } = testBody.parse(parseObject(call.body));
        const held = heldPermissions(cloud, keyOf(call), call.caller.member, permissions);
        return { status: 200, body: held.length > 0 ? { permissions: held } : {} };
      },
    },
  ];
}

function requestOf(call: ApiCall) {
  return { ...policyTypes, resource: keyOf(call), ...parseObject(call.body) };
}

/** The service that a path with `{project}`, `{region}` and `{service}` names. */
export function placeOf({ params }: ApiCall): RunPlace {
  return { project: params['project'] ?? '', region: params['region'] ?? '', service: params['service'] ?? '' };
}

function keyOf(call: ApiCall): string {
  return runKey(placeOf(call));
}
