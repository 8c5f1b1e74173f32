import fc from 'fast-check';
import type { Binding, Policy } from '../../functions/core/inventory.ts';
import { agent, clientMember } from './estate.ts';

const roles = ['roles/run.invoker', 'roles/run.admin', 'roles/run.viewer', 'projects/acme-prod/roles/own'];
const members = [
  agent,
  agent.toUpperCase().replace('SERVICEACCOUNT', 'serviceAccount'),
  clientMember,
  'allUsers',
  'user:Ann@acme.example',
  'group:ops@acme.example',
  'serviceAccount:ci@acme-prod.iam.gserviceaccount.com',
  'deleted:serviceAccount:old@acme-prod.iam.gserviceaccount.com?uid=1',
];

const condition = fc.oneof(
  fc.constant(undefined),
  fc.constant({ expression: '' }),
  fc.record({ title: fc.constant('t'), expression: fc.constantFrom('request.path == "/a"', 'true') }),
);

// Google keeps no binding without members.
const binding: fc.Arbitrary<Binding> = fc
  .record({
    role: fc.constantFrom(...roles),
    members: fc.uniqueArray(fc.constantFrom(...members), { minLength: 1, maxLength: 5 }),
    condition,
  })
  .map(({ condition: when, ...rest }) => (when === undefined ? rest : { ...rest, condition: when }));

/** Any policy that Cloud Run might give: repeated roles, conditions, odd members, fields of the future. */
export const arbitraryPolicy: fc.Arbitrary<Policy> = fc
  .record(
    {
      etag: fc.constantFrom('BwYAAAAAAAE=', 'BwYAAAAAAAI='),
      version: fc.constantFrom(1, 3),
      bindings: fc.array(binding, { maxLength: 6 }),
      auditConfigs: fc.constant([{ service: 'allServices', auditLogConfigs: [{ logType: 'DATA_READ' }] }]),
      fieldOfTheFuture: fc.constant({ kept: true }),
    },
    { requiredKeys: ['etag'] },
  )
  .map((policy) => ((policy.bindings ?? []).some(({ condition: when }) => when) ? { ...policy, version: 3 } : policy));
