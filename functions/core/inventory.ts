/**
 * The inventory: what was read of Google Cloud, in one model for every source (live APIs, asset exports).
 * Resources are keyed by full resource name (`//run.googleapis.com/projects/P/locations/R/services/S`) with canonical
 * project names: the project id wherever it is known, else the number. Words are v1 words. CONTRACT 1.
 */

export interface Inventory {
  readonly source: InventorySource;
  /** By canonical name. */
  readonly projects: ReadonlyMap<string, Project>;
  readonly backends: readonly Backend[];
  /** Serverless and other NEGs by full resource name. */
  readonly negs: ReadonlyMap<string, Neg>;
  /** Cloud Run services by full resource name. */
  readonly services: ReadonlyMap<string, RunService>;
  /** IAM policies by full resource name of service, project, folder or organisation; absent = not read. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** Live only: when each policy's read was answered (ms); a write may use a read younger than 5 s as its base. */
  readonly policyReadAt?: ReadonlyMap<string, number>;
  /**
   * IAP policies that say whom IAP lets in, by full resource name of backend or (direct IAP) service: its own first, then
   * the inherited ones (compute type, project's iap_web, project, above). Absent map or key = not read.
   */
  readonly iapPolicies?: ReadonlyMap<string, readonly Policy[]>;
  /** Levels of `iapPolicies` that could not be read, by the same key; they are left out of its lists. Absent = none. */
  readonly iapPolicyGaps?: ReadonlyMap<string, readonly string[]>;
  /** Live only: services that were on an access path in the last 30 days (ledger), by full resource name. */
  readonly recentlyOnPath?: ReadonlySet<string>;
  /** How requests reach backends; absent = not read. */
  readonly balancers?: Balancers;
  /** Pub/Sub push subscriptions; absent = not read. */
  readonly subscriptions?: readonly PushSubscription[];
  /** What IAP's settings say of a backend's OAuth clients, by full resource name of backend (`everyDoor`: of a service with direct IAP too); absent map or key = not read. */
  readonly iapClients?: ReadonlyMap<string, IapClients>;
  /** Permissions of custom roles whose definition was read, by role name (`projects/P/roles/R`). */
  readonly customRoles: ReadonlyMap<string, readonly string[]>;
  readonly unreadable: readonly Unreadable[];
  readonly notEvaluated: readonly NotEvaluated[];
  /**
   * How far the lists of each project reach, by canonical name: only where a list is whole does "not in the inventory"
   * mean "not there". Absent map or key = not listed.
   */
  readonly lists?: ReadonlyMap<string, ProjectLists>;
}

/** For each list of a project the regions it could not look into: `global` among them, `*` where nobody can say which. */
export interface ProjectLists {
  readonly backends: readonly string[];
  readonly negs: readonly string[];
  readonly services: readonly string[];
}

export type InventorySource =
  | { readonly kind: 'live'; readonly inheritance: Inheritance }
  | { readonly kind: 'asset-export'; readonly files: readonly string[]; readonly inheritance: Inheritance };

/** `full` only if every project, folder and organisation above each service on a path had its policy read. */
export type Inheritance = 'full' | 'partial';

export interface Project {
  /** Project id where known, else the number. */
  readonly name: string;
  /** Decimal project number, where known. */
  readonly number?: string;
  /** Full resource names of folders and organisation above it, nearest first; absent = not known. */
  readonly ancestors?: readonly string[];
}

export interface Backend {
  readonly name: string;
  /** Google's number for it, as text; IAP names a backend's policy by it. */
  readonly id?: string;
  readonly project: string;
  /** `global` or a region. */
  readonly region: string;
  readonly iapEnabled: boolean;
  /** Free text written by whoever may edit a backend: never trusted (DESIGN 4). */
  readonly oauth2ClientId?: string;
  /** Full resource names of the NEGs (and other groups) it names, in order, once each. */
  readonly groups: readonly string[];
  readonly loadBalancingScheme?: string;
  readonly protocol?: string;
  readonly enableCdn: boolean;
}

/** URL maps and what stands in front of them, of every project that was read. */
export interface Balancers {
  readonly urlMaps: readonly UrlMap[];
  readonly frontends: readonly Frontend[];
  /** Full resource names of projects and regions whose balancers could not be read; absent = none: a host that nobody here serves may be served there. */
  readonly unread?: readonly string[];
}

/** An address and port that takes requests: forwarding rule and proxy in one. */
export interface Frontend {
  /** Full resource name of the forwarding rule. */
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly address?: string;
  readonly ports: string;
  /** Google's default is `EXTERNAL`, the classic balancer. */
  readonly loadBalancingScheme: string;
  readonly protocol: 'http' | 'https';
  /** Full resource name of the proxy. */
  readonly proxy: string;
  /** Full resource name; absent = the proxy names none that was read. */
  readonly urlMap?: string;
  /** Certificates of the proxy, also those of which only the name is known; absent = not known (a certificate map). None for http. */
  readonly certificates?: readonly Certificate[];
}

export interface Certificate {
  readonly name: string;
  /** Domains in lower case, `*.` in front for wildcards; absent = not known. */
  readonly domains?: readonly string[];
  /** Google's word for a managed certificate (`ACTIVE`, `PROVISIONING`, …); absent for a self-managed one. */
  readonly status?: string;
}

export interface UrlMap {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly hostRules: readonly { readonly hosts: readonly string[]; readonly pathMatcher: string }[];
  readonly pathMatchers: readonly PathMatcher[];
  /** Takes every host that no host rule takes. */
  readonly defaultTarget: RouteTarget;
}

export interface PathMatcher {
  readonly name: string;
  readonly pathRules: readonly { readonly paths: readonly string[]; readonly target: RouteTarget }[];
  readonly routeRules: readonly RouteRule[];
  readonly defaultTarget: RouteTarget;
}

export interface RouteRule {
  readonly priority: number;
  /** Any of them; none = everything. */
  readonly matches: readonly RouteMatch[];
  readonly target: RouteTarget;
}

export interface RouteMatch {
  readonly prefix?: string;
  readonly fullPath?: string;
  /** RE2, as Google has it. */
  readonly regex?: string;
  readonly pathTemplate?: string;
  readonly ignoreCase: boolean;
  /** It also looks at headers or query parameters: which requests it takes cannot be told from the URL alone. */
  readonly hasOtherConditions: boolean;
}

/** Where a rule sends a request; `backends`: each by its weight, those with weight 0 left out; full resource names. */
export type RouteTarget =
  | { readonly kind: 'backends'; readonly backends: readonly { readonly backend: string; readonly weight: number }[] }
  | { readonly kind: 'redirect'; readonly status: number; readonly https: boolean; readonly to: string }
  | { readonly kind: 'bucket'; readonly bucket: string }
  | { readonly kind: 'none' };

export interface PushSubscription {
  /** `//pubsub.googleapis.com/projects/P/subscriptions/S` */
  readonly name: string;
  readonly project: string;
  readonly topic: string;
  readonly endpoint: string;
  /** Absent = pushed without a token. */
  readonly oidc?: { readonly serviceAccount: string; readonly audience?: string };
  /** Messages are pushed as they are, without Pub/Sub's envelope. */
  readonly noWrapper?: { readonly writeMetadata: boolean };
}

export interface IapClients {
  /** `accessSettings.oauthSettings.clientId`, which overrides the backend's. */
  readonly clientId?: string;
  readonly programmaticClients: readonly string[];
  /** CORS preflights (OPTIONS) pass without a credential; absent = they do not. */
  readonly letsOptionsPass?: true;
}

export interface Neg {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly target: NegTarget;
}

export type NegTarget =
  | { readonly kind: 'run'; readonly service: string; readonly tag?: string }
  | { readonly kind: 'run-url-mask'; readonly urlMask: string }
  | { readonly kind: 'function'; readonly function: string }
  | { readonly kind: 'function-url-mask'; readonly urlMask: string }
  | { readonly kind: 'app-engine' }
  /** Serverless, and in front of something that is neither Run, function nor App Engine: an API gateway. */
  | { readonly kind: 'other-serverless' }
  | { readonly kind: 'not-serverless' };

export type Ingress = 'all' | 'internal' | 'internal-and-cloud-load-balancing' | 'none';

export interface RunService {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  /** The last part of its name. */
  readonly service: string;
  readonly ingress: Ingress;
  readonly labels: Readonly<Record<string, string>>;
  readonly iapEnabled: boolean;
  readonly invokerIamDisabled: boolean;
  readonly defaultUrlDisabled: boolean;
  readonly customAudiences: readonly string[];
  readonly urls: readonly string[];
}

/** An IAM policy as Google gives it. Fields that are not named here are kept and written back untouched. */
export interface Policy {
  readonly version?: number;
  readonly etag?: string;
  readonly bindings?: readonly Binding[];
  readonly [field: string]: unknown;
}

export interface Binding {
  readonly role: string;
  readonly members?: readonly string[];
  readonly condition?: Condition;
  readonly [field: string]: unknown;
}

export interface Condition {
  readonly expression?: string;
  readonly title?: string;
  readonly description?: string;
  readonly [field: string]: unknown;
}

export interface Unreadable {
  readonly resource: string;
  readonly code: string;
  readonly message: string;
}

export interface NotEvaluated {
  readonly rule: string;
  readonly reason: string;
  readonly resource?: string;
}
