/** Sound input of each kind, for the fuzzer to break. */
export const soundSettings: readonly [string, ...string[]] = [
  'scope:\n  include: ["acme-*"]\n  exclude: [acme-x]\nmodes:\n  iap-invoker-missing: approve\n  "*": observe\n',
  'identity:\n  use: auto\n  trustedClientProjects: ["123"]\nlimits:\n  changesPerRun: 5\ntiming: { bucketSeconds: 30, settleSeconds: 10 }\n',
  'scopes:\n  - folders: ["42"]\n    labels: { env: prod }\n    modes: { "*": approve }\nexemptions:\n  - { rule: public-invoker, resource: "*", reason: r, owner: o, expires: 2027-01-01 }\n',
];

const audit = {
  insertId: 'abc',
  logName: 'projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-11-23T18:00:00Z',
  severity: 'NOTICE',
  resource: { type: 'gce_backend_service', labels: { project_id: 'acme-prod', location: 'global' } },
};
const payload = {
  '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
  authenticationInfo: { principalEmail: 'ann@acme.example' },
};

export const soundEvents: readonly [unknown, ...unknown[]] = [
  {
    ...audit,
    operation: { id: 'op', producer: 'compute.googleapis.com', last: true },
    protoPayload: {
      ...payload,
      serviceName: 'compute.googleapis.com',
      methodName: 'v1.compute.backendServices.patch',
      resourceName: 'projects/acme-prod/global/backendServices/b',
    },
  },
  {
    ...audit,
    protoPayload: {
      ...payload,
      serviceName: 'run.googleapis.com',
      methodName: 'google.cloud.run.v1.Services.SetIamPolicy',
      resourceName: 'projects/acme-prod/locations/europe-west1/services/shop',
      status: {},
      response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', etag: 'BwY=', bindings: [] },
    },
  },
  {
    message: { data: Buffer.from(JSON.stringify(audit)).toString('base64'), messageId: '1' },
    subscription: 'projects/p/subscriptions/s',
  },
];

export const soundPolicies: readonly [unknown, ...unknown[]] = [
  {
    etag: 'BwY=',
    version: 3,
    bindings: [{ role: 'roles/run.invoker', members: ['user:a@b.c'], condition: { title: 't', expression: 'true' } }],
    auditConfigs: [{ service: 'allServices' }],
  },
  {
    etag: 'BwY=',
    bindings: [
      { role: 'roles/run.invoker', members: ['allUsers', 'group:g@b.c'] },
      { role: 'roles/viewer', members: [] },
    ],
  },
  { etag: 'ACAB' },
];
