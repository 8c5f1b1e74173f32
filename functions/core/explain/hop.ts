/** Where a request stops, or may stop, in the order in which they come. */
export type HopName =
  | 'host'
  | 'forwarding-rule'
  | 'certificate'
  | 'url-map'
  | 'backend'
  | 'credential'
  | 'accessor'
  | 'neg'
  | 'ingress'
  | 'invoker';

/**
 * `pass`: the request goes on. `fail`: it ends here. `unguarded`: it goes on, and so does everybody else's. `unknown`: what
 * would decide was not read, or cannot be read; never a pass.
 */
export type HopState = 'pass' | 'fail' | 'unguarded' | 'unknown';

export interface Hop {
  readonly hop: HopName;
  readonly state: HopState;
  /** In words. */
  readonly why: string;
  /** Full resource names, and names of policies' levels, that say so. */
  readonly read: readonly string[];
  /** Who may pass, as policies spell them, and `(under a condition)` behind those who pass only so; absent = not known, or nobody is asked. */
  readonly who?: readonly string[];
  /** Commands that open what is shut, the first one first. */
  readonly commands: readonly string[];
}

/** What a caller sees. */
export interface Answer {
  readonly status: number;
  /** Google's sentence (FACTS 15 and 16), without markup; empty where the container or a redirect answers. */
  readonly words: string;
  /** Who answers. */
  readonly door: 'load-balancer' | 'iap' | 'ingress' | 'invoker' | 'container';
}

export type Outcome =
  | (Answer & {
      readonly known: true;
      /** What this rests on and nobody can read. */
      readonly assuming?: readonly string[];
      /** The answer if IAP's service agent does not exist, where nothing that was read proves that it does. */
      readonly withoutAgent?: Answer;
    })
  | { readonly known: false; readonly why: string };

/** What one door says: its hops, and the answer where the request ends. */
export interface Knock {
  readonly hops: readonly Hop[];
  /** Absent: the request goes on, for certain or perhaps. */
  readonly answer?: Answer;
  readonly assuming?: readonly string[];
  /** The project whose IAP lets the request through and goes on as its agent. */
  readonly agentOf?: string;
}
