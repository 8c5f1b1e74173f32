/** Words the oracle uses. They are its own: nothing here may come from functions/. */
export type Json = Readonly<Record<string, unknown>>;

/** One input file: the name that a malformed line is reported under, and its lines in order. */
export interface ExportFile {
  readonly name: string;
  readonly lines: readonly string[];
}

export type Mode = 'observe' | 'approve' | 'enforce';
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** The few settings that change what a scan says. */
export interface OracleSettings {
  readonly identity: 'auto' | 'service-agent' | 'oauth-client';
  readonly trustedClientProjects: readonly string[];
  readonly urlMask: 'observe' | 'labelled';
  /** Rule id to the most that may happen; `*` = all others. */
  readonly modes: Readonly<Record<string, Mode>>;
}

export interface OracleFinding {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly mode: Mode;
  readonly project: string;
  readonly region: string;
  readonly resource: string;
  readonly subject: string;
  readonly via: readonly string[];
}

/** A finding before the report gives it its id, project, region and the limit of its mode. */
export interface Draft {
  readonly rule: string;
  readonly severity: Severity;
  readonly mode: Mode;
  readonly resource: string;
  readonly subject: string;
  readonly via: readonly string[];
}

export interface Gap {
  readonly rule: string;
  readonly reason: string;
  readonly resource?: string;
}

export interface Unread {
  readonly resource: string;
  readonly code: string;
}

/** What a scan says, as far as two people can agree on it: messages, hints and commands are left out. */
export interface OracleReport {
  readonly inheritance: 'full' | 'partial';
  readonly summary: {
    readonly projects: number;
    readonly backendServices: number;
    readonly iapSecuredBackends: number;
    readonly services: number;
    readonly accessPaths: number;
    readonly compliantAccessPaths: number;
    readonly findings: Readonly<Record<Severity, number>>;
  };
  readonly findings: readonly OracleFinding[];
  readonly unreadable: readonly Unread[];
  readonly notEvaluated: readonly Gap[];
}

export interface Service {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly shortName: string;
  readonly ingress: string;
  readonly defaultUrlDisabled: boolean;
  readonly invokerCheckDisabled: boolean;
  readonly directIap: boolean;
  readonly label: string;
  readonly urls: readonly string[];
  readonly customAudiences: readonly string[];
  /** Canonical full resource names of its project, folders, organisation; undefined where its line names none. */
  readonly ancestors: readonly string[] | undefined;
}

export interface Backend {
  readonly name: string;
  readonly project: string;
  readonly id: string;
  readonly iapOn: boolean;
  readonly clientId: string;
  readonly scheme: string;
  readonly protocol: string;
  readonly cdn: boolean;
  /** Canonical names of the network endpoint groups it names, each once. */
  readonly negs: readonly string[];
  readonly ancestors: readonly string[] | undefined;
}

export interface Neg {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly serverless: boolean;
  readonly kind: 'service' | 'function' | 'mask' | 'app-engine' | 'other';
  /** Name of the service or function, or the mask. */
  readonly target: string;
}

/** What says where a push arrives; Compute's things as their lines have them. */
export interface Pushes {
  readonly urlMaps: ReadonlyMap<string, Json>;
  readonly proxies: ReadonlyMap<string, Json>;
  readonly rules: ReadonlyMap<string, Json>;
  readonly certificates: ReadonlyMap<string, Json>;
  readonly subscriptions: readonly Subscription[];
  /** A link or name of Compute's as a canonical full resource name. */
  readonly canonical: (link: unknown) => string;
}

export interface Subscription {
  readonly name: string;
  readonly endpoint: string;
  /** Empty: pushed without a token. */
  readonly account: string;
  /** Empty: the endpoint is. */
  readonly audience: string;
}

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly conditional: boolean;
}

/** What the lines of the input say, after the contest for each asset. */
export interface Estate {
  readonly services: readonly Service[];
  readonly backends: readonly Backend[];
  readonly negs: readonly Neg[];
  /** Canonical names of custom roles (`projects/P/roles/R`) that hold run.routes.invoke. */
  readonly invokingCustomRoles: readonly string[];
  /** Canonical full resource name to its bindings. */
  readonly policies: ReadonlyMap<string, readonly Binding[]>;
  /** Canonical projects that some IAM_POLICY line lies in. */
  readonly projectsWithPolicyLine: readonly string[];
  readonly projectsWithRunLine: readonly string[];
  readonly projectsWithIapPolicyLine: readonly string[];
  readonly projects: readonly string[];
  readonly hasSubscriptionLine: boolean;
  readonly pushes: Pushes;
  readonly malformed: readonly string[];
  /** Canonical project to its number, where it is known. */
  readonly numbers: ReadonlyMap<string, string>;
}

/** Backend, NEG and service; `backend` and `neg` are absent for direct IAP. */
export interface Path {
  readonly service: Service;
  readonly backend?: Backend;
  readonly neg?: Neg;
  readonly via: string;
}

export interface Identity {
  readonly principal: string;
  readonly kind: 'agent' | 'client';
}
