import type { IncomingHttpHeaders } from 'node:http';
import type { Cloud } from '../cloud.ts';
import type { IdTokens } from '../id-token.ts';
import type { Sessions } from './session.ts';

/** Which door a request came to, in the order in which they stand. */
export type Door = 'load-balancer' | 'iap' | 'ingress' | 'invoker' | 'container';

export interface DoorRequest {
  readonly method: string;
  /** Without port, in lower case. */
  readonly host: string;
  /** Path without query. */
  readonly path: string;
  /** With its `?`; empty where there is none. */
  readonly query: string;
  /** `https`, unless the header `x-sandbox-scheme: http` asks for the balancers of port 80. */
  readonly scheme: 'https' | 'http';
  readonly headers: IncomingHttpHeaders;
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly door: Door;
  /** E-mail; absent where nobody is known. */
  readonly user?: string | undefined;
  readonly region?: string | undefined;
  /** Of an https balancer, as far as Compute knows its certificates. */
  readonly certificate?: 'covers the host' | 'does not cover the host' | 'unknown' | undefined;
  /** Why a door stayed shut, for the request log; users do not see it. */
  readonly why?: string | undefined;
}

/** What the doors look at. */
export interface DoorParts {
  readonly cloud: Cloud;
  readonly idTokens: IdTokens;
  readonly sessions: Sessions;
}

/** The token of `Authorization: Bearer …` in any of the named headers, the first that has one. */
export function bearerOf(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const token = /^Bearer\s+(\S.*)$/i.exec(String(headers[name] ?? ''))?.[1];
    if (token !== undefined) return token.trim();
  }
  return undefined;
}

/** The policy member of an e-mail. */
export function memberOf(email: string): string {
  return `${email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${email}`;
}
