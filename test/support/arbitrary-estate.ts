import fc from 'fast-check';
import type { Backend, Binding, Inventory, RunService } from '../../functions/core/inventory.ts';
import { balancers, to, urlMap } from './balancer.ts';
import { agent, backend, clientId, clientMember, inventory, neg, policy, service } from './estate.ts';

const members = [
  agent,
  clientMember,
  'allUsers',
  'allAuthenticatedUsers',
  'user:Ann@acme.example',
  'group:ops@acme.example',
  'domain:acme.example',
  'serviceAccount:ci@acme-prod.iam.gserviceaccount.com',
  'serviceAccount:service-555@gcp-sa-iap.iam.gserviceaccount.com',
  'deleted:user:old@acme.example?uid=1',
];
const roles = [
  'roles/run.invoker',
  'roles/run.invoker',
  'roles/run.servicesInvoker',
  'roles/run.admin',
  'roles/run.viewer',
  'projects/acme-prod/roles/own',
];
const conditions = [
  undefined,
  undefined,
  { title: 'day', expression: 'request.time.getHours() < 18' },
  { expression: 'true' },
];

/** Bindings as IAM keeps them: one for each role and condition. */
const bindings: fc.Arbitrary<readonly Binding[]> = fc.uniqueArray(
  fc
    .record({
      role: fc.constantFrom(...roles),
      condition: fc.constantFrom(...conditions),
      members: fc.uniqueArray(fc.constantFrom(...members), { minLength: 1, maxLength: 4 }),
    })
    .map(({ condition, ...rest }): Binding => (condition ? { ...rest, condition } : rest)),
  { maxLength: 4, selector: ({ role, condition }) => JSON.stringify([role, condition]) },
);

const shape = fc.record({
  ingress: fc.constantFrom('all', 'all', 'internal', 'internal-and-cloud-load-balancing', 'none'),
  label: fc.constantFrom('', '', '', 'allow', 'deny'),
  iapEnabled: fc.boolean(),
  invokerIamDisabled: fc.constantFrom(false, false, false, true),
  defaultUrlDisabled: fc.boolean(),
  isBehindBalancer: fc.constantFrom(true, true, true, false),
  bindings,
});

const push = fc.record({
  audience: fc.constantFrom(
    undefined,
    clientId,
    'https://shop.acme.example',
    'https://s0-111222333444.europe-west1.run.app',
    '999-other.apps.googleusercontent.com',
  ),
  accessors: fc.uniqueArray(
    fc.constantFrom(
      'user:ann@acme.example',
      'group:ops@acme.example',
      'serviceAccount:push@acme-prod.iam.gserviceaccount.com',
    ),
  ),
  /** A path matcher that is not there: nobody can follow the host. */
  isNamed: fc.constantFrom(false, false, false, true),
});
type PushShape = typeof push extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Any live estate of one project: services in two regions with policies of every kind, behind a balancer with IAP or without. */
export const arbitraryEstate: fc.Arbitrary<Inventory> = fc
  .record({
    shapes: fc.array(shape, { minLength: 1, maxLength: 4 }),
    above: fc.oneof({ weight: 3, arbitrary: fc.constant<readonly Binding[]>([]) }, bindings),
    hasClientId: fc.boolean(),
    iapEnabled: fc.constantFrom(true, true, true, false),
    pushes: fc.option(push),
  })
  .map(({ shapes, above, hasClientId, iapEnabled, pushes }) => {
    const built = shapes.map((one, at): { service: RunService; shape: typeof one } => ({
      service: service(at % 2 === 0 ? 'europe-west1' : 'us-central1', {
        service: `s${at}`,
        ingress: one.ingress as RunService['ingress'],
        labels: one.label === '' ? {} : { 'sallyport-iap': one.label },
        iapEnabled: one.iapEnabled,
        invokerIamDisabled: one.invokerIamDisabled,
        defaultUrlDisabled: one.defaultUrlDisabled,
      }),
      shape: one,
    }));
    const negs = built
      .filter(({ shape: { isBehindBalancer } }) => isBehindBalancer)
      .map(({ service: one }) => neg(one));
    const over: Partial<Backend> = { id: '7001', iapEnabled, ...(hasClientId ? { oauth2ClientId: clientId } : {}) };
    const front = backend(negs, over);
    return inventory({
      ...(pushes ? { more: withPush(pushes, front) } : {}),
      services: built.map(({ service: one }) => one),
      negs,
      backends: [front],
      policies: [
        ...built.map(({ service: one, shape: { bindings: own } }) => [one, withVersion(own)] as const),
        ['//cloudresourcemanager.googleapis.com/projects/acme-prod', withVersion(above)],
      ],
      customRoles: { 'projects/acme-prod/roles/own': ['run.routes.invoke'] },
    });
  });

/** A subscription that pushes to the balancer's host, and what of IAP was read for it. */
function withPush({ audience, accessors, isNamed }: PushShape, front: Backend): Partial<Inventory> {
  const map = urlMap(to(front), isNamed ? { hostRules: [{ hosts: ['*'], pathMatcher: 'gone' }] } : {});
  const given = audience === undefined ? {} : { audience };
  return {
    balancers: balancers(map),
    subscriptions: [
      {
        name: '//pubsub.googleapis.com/projects/acme-prod/subscriptions/orders',
        project: 'acme-prod',
        topic: 'projects/acme-prod/topics/orders',
        endpoint: 'https://shop.acme.example/hook',
        oidc: { serviceAccount: 'push@acme-prod.iam.gserviceaccount.com', ...given },
      },
    ],
    iapClients: new Map([[front.name, { programmaticClients: [] }]]),
    iapPolicies: new Map([[front.name, [policy({ role: 'roles/iap.httpsResourceAccessor', members: accessors })]]]),
  };
}

function withVersion(own: readonly Binding[]) {
  return own.some(({ condition }) => condition) ? { ...policy(...own), version: 3 } : policy(...own);
}
