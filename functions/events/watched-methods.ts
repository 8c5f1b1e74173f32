/**
 * The only list of API methods that Sallyport watches. Trigger definitions, the log sink's filter, the decision about an
 * event and the table in docs/events.md all come from it. Spellings: FACTS 1.1; who has them: FACTS 14.
 */
export interface WatchedMethod {
  readonly serviceName: string;
  readonly methodName: string;
  readonly kind: WatchedKind;
  /** Eventarc's catalogue lists it; what it does not list, only a log sink is known to see. */
  readonly eventarc: boolean;
  /** Writes a first and a last entry with one operation id; the change is done at the last. */
  readonly longRunning: boolean;
  readonly why: string;
}

export type WatchedKind =
  | 'run-service'
  | 'run-policy'
  | 'backend'
  | 'neg'
  | 'url-map'
  | 'iap-policy'
  | 'iap-settings'
  | 'project-policy'
  | 'subscription';

export const watchedMethods: readonly WatchedMethod[] = [...run(), ...compute(), ...iap(), ...projects(), ...pubsub()];

const byName = new Map(watchedMethods.map((row) => [`${row.serviceName}\n${row.methodName}`, row]));

/** The row of a method; undefined if nobody watches it. */
export function findWatchedMethod(serviceName: string, methodName: string): WatchedMethod | undefined {
  return byName.get(`${serviceName}\n${methodName}`);
}

function run(): WatchedMethod[] {
  const base = { serviceName: 'run.googleapis.com', kind: 'run-service' } as const;
  const changed = 'a service may be new, gone, or differ in ingress, labels or IAP';
  const ready = 'a service became ready; Google says so itself, with no caller';
  const functions = 'a 2nd gen function is deployed as a service';
  const policy = 'somebody may have removed the grant';
  const v1 = 'google.cloud.run.v1.Services';
  const v2 = 'google.cloud.run.v2.Services';
  const internal = 'google.cloud.serverless.internal.InternalServices';
  return [
    ...['CreateService', 'ReplaceService', 'DeleteService'].map((verb) => {
      return { ...base, methodName: `${v1}.${verb}`, eventarc: true, longRunning: false, why: changed };
    }),
    ...['CreateService', 'UpdateService', 'DeleteService'].map((verb) => {
      return { ...base, methodName: `${v2}.${verb}`, eventarc: true, longRunning: true, why: changed };
    }),
    // DeleteInternalService was not seen in any log; its name follows the two that were.
    ...['CreateInternalService', 'ReplaceInternalService', 'DeleteInternalService'].map((verb) => {
      return { ...base, methodName: `${internal}.${verb}`, eventarc: false, longRunning: false, why: functions };
    }),
    ...['/Services.CreateService', '/Services.ReplaceService'].map((methodName) => {
      return { ...base, methodName, eventarc: false, longRunning: false, why: ready };
    }),
    ...['/InternalServices.CreateInternalService', '/InternalServices.ReplaceInternalService'].map((methodName) => {
      return { ...base, methodName, eventarc: false, longRunning: false, why: ready };
    }),
    ...[v1, v2].map((api): WatchedMethod => {
      return {
        ...base,
        methodName: `${api}.SetIamPolicy`,
        kind: 'run-policy',
        eventarc: true,
        longRunning: false,
        why: policy,
      };
    }),
  ];
}

function compute(): WatchedMethod[] {
  const collections = [
    { name: 'backendServices', kind: 'backend', verbs: ['insert', 'patch', 'update', 'delete'] },
    { name: 'regionBackendServices', kind: 'backend', verbs: ['insert', 'patch', 'update', 'delete'] },
    { name: 'regionNetworkEndpointGroups', kind: 'neg', verbs: ['insert', 'delete'] },
    { name: 'urlMaps', kind: 'url-map', verbs: ['insert', 'patch', 'update', 'delete'] },
    { name: 'regionUrlMaps', kind: 'url-map', verbs: ['insert', 'patch', 'update', 'delete'] },
  ] as const;
  const why = {
    backend: 'IAP is switched on or off here, and regions are added here',
    neg: 'it says which service a backend reaches in a region',
    'url-map': 'it says which hosts lead to a backend',
  };
  const notInCatalogue = new Set(['beta.compute.regionUrlMaps.patch']);
  return ['v1', 'beta', 'alpha'].flatMap((version) =>
    collections.flatMap(({ name, kind, verbs }) =>
      verbs.map((verb): WatchedMethod => {
        const methodName = `${version}.compute.${name}.${verb}`;
        return {
          serviceName: 'compute.googleapis.com',
          methodName,
          kind,
          eventarc: version !== 'alpha' && !notInCatalogue.has(methodName),
          longRunning: true,
          why: why[kind],
        };
      }),
    ),
  );
}

function iap(): WatchedMethod[] {
  const base = { serviceName: 'iap.googleapis.com', eventarc: true, longRunning: false } as const;
  const admin = 'google.cloud.iap.v1.IdentityAwareProxyAdminService';
  const who = 'who may pass IAP has changed';
  // A data-access log, which Google leaves off unless the project switches it on.
  const client = 'settings can name another OAuth client than the backend does';
  return [
    { ...base, methodName: `${admin}.SetIamPolicy`, kind: 'iap-policy', why: who },
    {
      ...base,
      methodName: 'google.cloud.iap.v1beta1.IdentityAwareProxyAdminV1Beta1.SetIamPolicy',
      kind: 'iap-policy',
      why: who,
    },
    { ...base, methodName: `${admin}.UpdateIapSettings`, kind: 'iap-settings', why: client },
  ];
}

function projects(): WatchedMethod[] {
  return ['SetIamPolicy', 'google.cloud.resourcemanager.v3.Projects.SetIamPolicy'].map((methodName) => ({
    serviceName: 'cloudresourcemanager.googleapis.com',
    methodName,
    kind: 'project-policy',
    eventarc: true,
    longRunning: false,
    why: 'access that services inherit from the project may have come or gone',
  }));
}

function pubsub(): WatchedMethod[] {
  const verbs = ['CreateSubscription', 'UpdateSubscription', 'ModifyPushConfig', 'DeleteSubscription'];
  const pushes = 'a push subscription may point at a balancer with an audience that is not accepted there';
  const gone = 'what was found of a subscription is resolved when it is gone';
  return verbs.map((verb) => ({
    serviceName: 'pubsub.googleapis.com',
    methodName: `google.pubsub.v1.Subscriber.${verb}`,
    kind: 'subscription',
    eventarc: true,
    longRunning: false,
    why: verb === 'DeleteSubscription' ? gone : pushes,
  }));
}
