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
