import type { Cloud } from './cloud.ts';

/** One API method of the local Google Cloud: a row in the route table of a file in `apis/`. */
export interface ApiMethod {
  /** Discovery id, e.g. `run.projects.locations.services.list`: requests and responses are checked against it. */
  readonly id: string;
  /** Discovery document, e.g. `run.v1`, `compute.v1`, `cloudresourcemanager.v3`. */
  readonly document: string;
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Discovery's flat path with the base path, e.g. `/v1/projects/{project}/locations/{location}/services/{service}:getIamPolicy`. */
  readonly path: string;
  /** `bytes`: the body is no JSON (an upload, a callback); it is in `call.raw` alone. */
  readonly takes?: 'bytes';
  /** Permission that the caller needs, and the resource it needs it on, as a policy key of `Cloud.policies`; absent = open to any caller. */
  readonly permission?: {
    readonly name: string;
    readonly on: (call: ApiCall) => string;
    /** Roles whose grants the call would change: conditions may confine a caller to some. Absent = none. */
    readonly modifiedRoles?: (call: ApiCall, cloud: Cloud) => readonly string[];
  };
  handle(call: ApiCall, cloud: Cloud): ApiReply | Promise<ApiReply>;
  /** Called when the call was refused (by permission, rule or an injected 409), so that a method that writes can leave Google's audit entry of the attempt. */
  onRefused?(call: ApiCall, cloud: Cloud, error: GoogleError): void;
}

export interface ApiCall {
  /** Path parameters by their names in `path`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON body; undefined when empty. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly userAgent: string;
  /** Host that was asked, with port: Cloud Run's v1 namespaces have their region only there (`us-central1-run.googleapis.com`). */
  readonly host?: string;
  /** As sent: for a method that takes bytes, or looks at headers. */
  readonly raw?: { readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>>; readonly verb: string };
}

/** Who calls, from the bearer token: `user:admin@example.com` for gcloud's fake token, the service account for a metadata token. */
export interface Caller {
  /** As in a policy: `user:…` or `serviceAccount:…`. */
  readonly member: string;
  readonly email: string;
}

export interface ApiReply {
  readonly status: number;
  /** JSON; undefined = empty body. */
  readonly body?: unknown;
  /** In the place of JSON: the content of an object. */
  readonly content?: { readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> };
}

/** A refusal in Google's words. Compute bodies have no `status` and carry `errors[]`; all others have `status` and, where Google gives them, `details` or `errors`. */
export class GoogleError extends Error {
  readonly httpStatus: number;
  /** `NOT_FOUND`, `ABORTED`, … */
  readonly status: string;
  /** `notFound`, `conditionNotMet`, `rateLimitExceeded`, `aborted`, … */
  readonly reason: string | undefined;
  /** `error.details` of a one-platform body. */
  readonly details: readonly Record<string, unknown>[] | undefined;

  constructor(
    httpStatus: number,
    status: string,
    message: string,
    reason?: string,
    details?: readonly Record<string, unknown>[],
  ) {
    super(message);
    this.name = 'GoogleError';
    this.httpStatus = httpStatus;
    this.status = status;
    this.reason = reason;
    this.details = details;
  }
}
