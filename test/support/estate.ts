import {
  buildBackendName,
  buildNegName,
  buildProjectName,
  buildServiceName,
} from '../../functions/core/estate/resource-name.ts';
import type { Backend, Binding, Inventory, Neg, Policy, Project, RunService } from '../../functions/core/inventory.ts';

/** The project of the article's estate, and its IAP service agent. */
export const project: Project = { name: 'acme-prod', number: '111222333444' };
export const agent = 'serviceAccount:service-111222333444@gcp-sa-iap.iam.gserviceaccount.com';
export const clientId = '111222333444-abc123.apps.googleusercontent.com';
export const clientMember = `serviceAccount:${clientId}`;

export function service(region = 'europe-west1', over: Partial<RunService> = {}): RunService {
  const id = over.service ?? 'shop';
  const owner = over.project ?? project.name;
  return {
    name: buildServiceName({ project: owner, region, id }),
    project: owner,
    region,
    service: id,
    ingress: 'internal-and-cloud-load-balancing',
    labels: {},
    iapEnabled: false,
    invokerIamDisabled: false,
    defaultUrlDisabled: false,
    customAudiences: [],
    urls: [`https://${id}-111222333444.${region}.run.app`],
    ...over,
  };
}

export function neg(target: RunService, over: Partial<Neg> = {}): Neg {
  return {
    name: buildNegName({ project: target.project, region: target.region, id: `${target.service}-neg` }),
    project: target.project,
    region: target.region,
    target: { kind: 'run', service: target.service },
    ...over,
  };
}

export function backend(groups: readonly Neg[], over: Partial<Backend> = {}): Backend {
  const region = over.region ?? 'global';
  return {
    name: buildBackendName({ project: over.project ?? project.name, region, id: 'shop-backend' }),
    project: project.name,
    region,
    iapEnabled: true,
    groups: groups.map(({ name }) => name),
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    protocol: 'HTTPS',
    enableCdn: false,
    ...over,
  };
}

/** A policy with one etag and these bindings. */
export function policy(...bindings: readonly Binding[]): Policy {
  return { etag: 'BwYAAAAAAAE=', ...(bindings.length > 0 ? { bindings } : {}) };
}

export function grant(...members: readonly string[]): Binding {
  return { role: 'roles/run.invoker', members };
}

export function inventory(over: {
  readonly services?: readonly RunService[];
  readonly negs?: readonly Neg[];
  readonly backends?: readonly Backend[];
  readonly projects?: readonly Project[];
  /** By service, or by full resource name; services without one have an empty policy. */
  readonly policies?: readonly (readonly [RunService | string, Policy])[];
  readonly customRoles?: Readonly<Record<string, readonly string[]>>;
  /** Parts that are nothing unless given. */
  readonly more?: Partial<Inventory>;
}): Inventory {
  const services = over.services ?? [service()];
  const negs = over.negs ?? services.map((one) => neg(one));
  const policies = new Map<string, Policy>(services.map((one) => [one.name, policy()]));
  policies.set(buildProjectName(project.name), policy());
  for (const [of, value] of over.policies ?? []) policies.set(typeof of === 'string' ? of : of.name, value);
  return {
    source: { kind: 'live', inheritance: 'full' },
    projects: new Map((over.projects ?? [project]).map((one) => [one.name, one])),
    backends: over.backends ?? [backend(negs)],
    negs: new Map(negs.map((one) => [one.name, one])),
    services: new Map(services.map((one) => [one.name, one])),
    policies,
    customRoles: new Map(Object.entries(over.customRoles ?? {})),
    unreadable: [],
    notEvaluated: [],
    ...over.more,
  };
}

/** Lists of the article's project that could look into every region. */
export const wholeLists: NonNullable<Inventory['lists']> = new Map([
  [project.name, { backends: [], negs: [], services: [] }],
]);
