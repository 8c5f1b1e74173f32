/** One resource of a plan in JSON, as far as a test cares. */
export interface PlanResource {
  readonly type: string;
  readonly name?: string;
  readonly mode?: 'managed' | 'data';
  readonly actions?: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
  /** After apply known: `true` where a value is not. */
  readonly unknown?: Readonly<Record<string, unknown>>;
  /** As the configuration writes it: `{ref: ['x.y.z']}`-like expressions come from `refersTo`. */
  readonly expressions?: Readonly<Record<string, unknown>>;
}

/** An expression that refers to these things. */
export function refersTo(...references: readonly string[]): { readonly references: readonly string[] } {
  return { references };
}

/** A plan as `terraform show -json` writes it, of resources in the root module. */
export function planJson(
  resources: readonly PlanResource[],
  over: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const named = resources.map((resource) => {
    const { type, name = 'shop', mode = 'managed' } = resource;
    return { ...resource, type, name, mode, address: `${mode === 'data' ? 'data.' : ''}${type}.${name}` };
  });
  const configured = named.filter(({ actions }) => actions?.join() !== 'delete');
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: { root_module: {} },
    resource_changes: named
      .filter(({ mode }) => mode === 'managed')
      .map(({ type, name, mode, address, actions = ['create'], values = {}, unknown = {} }) => {
        const isOld = ['delete', 'forget'].includes(actions.join());
        return {
          address,
          mode,
          type,
          name,
          change: { actions, before: isOld ? values : null, after: isOld ? null : values, after_unknown: unknown },
        };
      }),
    prior_state: {
      values: {
        root_module: {
          resources: named
            .filter(({ mode }) => mode === 'data')
            .map(({ type, name, mode, address, values = {} }) => ({ type, name, mode, address, values })),
        },
      },
    },
    configuration: {
      provider_config: { google: { expressions: { project: { constant_value: 'acme-prod' } } } },
      root_module: {
        resources: configured.map(({ type, name, mode, address, expressions = {} }) => ({
          address,
          mode,
          type,
          name,
          provider_config_key: 'google',
          expressions,
        })),
      },
    },
    complete: true,
    ...over,
  };
}

const neg = 'google_compute_region_network_endpoint_group.shop';

/** A service behind a backend with IAP; what is told of the service is added to it. */
export function guardedShop(service: Partial<PlanResource> = {}): readonly PlanResource[] {
  return [
    {
      type: 'google_cloud_run_v2_service',
      ...service,
      values: {
        name: 'shop',
        location: 'europe-west1',
        ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
        ...service.values,
      },
    },
    {
      type: 'google_compute_region_network_endpoint_group',
      values: { name: 'shop-neg', region: 'europe-west1', cloud_run: [{ service: 'shop' }] },
      unknown: { id: true, self_link: true, cloud_run: [{}] },
      expressions: {
        region: refersTo('google_cloud_run_v2_service.shop.location', 'google_cloud_run_v2_service.shop'),
        cloud_run: [{ service: refersTo('google_cloud_run_v2_service.shop.name', 'google_cloud_run_v2_service.shop') }],
      },
    },
    {
      type: 'google_compute_backend_service',
      values: {
        name: 'shop-backend',
        load_balancing_scheme: 'EXTERNAL_MANAGED',
        iap: [{ enabled: true }],
        backend: [{}],
      },
      unknown: { id: true, backend: [{ group: true }] },
      expressions: { backend: [{ group: refersTo(`${neg}.id`, neg) }] },
    },
  ];
}

/** A grant of run.invoker on the service `shop`. */
export function invokerGrant(kind: 'member' | 'binding', over: Partial<PlanResource> = {}): PlanResource {
  return {
    type: `google_cloud_run_v2_service_iam_${kind}`,
    ...over,
    values: { name: 'shop', location: 'europe-west1', role: 'roles/run.invoker', ...over.values },
  };
}
