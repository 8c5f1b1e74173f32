import { z } from 'zod';
import type { ApiReply } from './api.ts';
import { showObject } from './apis/storage/show-object.ts';
import type { Cloud } from './cloud.ts';
import type { DiscoveryCheck } from './discovery-check.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/** Paths of the sandbox itself, not of Google: no credentials needed, not in the request log. */
export const controlPrefix = '/_sandbox/';

export type ControlRoutes = (verb: string, url: URL, body: string) => ApiReply;

const stepBody = z.object({ name: z.string().optional() });
const faultBody = z.object({
  match: z.string(),
  fault: z.union([z.literal([409, 412, 429, 503]), z.enum(['rate-limit-exceeded', 'slow', 'drop-write'])]),
  probability: z.number().optional(),
  times: z.number().optional(),
  caller: z.string().optional(),
  delayMs: z.number().optional(),
});

export interface ControlParts {
  readonly requestLog: RequestLog;
  readonly faults: Faults;
  readonly discovery: DiscoveryCheck;
  readonly cloud: Cloud;
}

/** `GET health`, `GET requests`, `GET discovery`, `POST step {name}`, `POST faults {rule}` (match = a regular expression), `DELETE faults`, and `GET storage/BUCKET/OBJECT` for a browser. */
export function buildControlRoutes({ requestLog, faults, discovery, cloud }: ControlParts): ControlRoutes {
  return (verb, url, body) => {
    if (verb === 'GET' && url.pathname.startsWith(`${controlPrefix}storage/`))
      return showObject(cloud, url.pathname.slice(`${controlPrefix}storage/`.length));
    switch (`${verb} ${url.pathname.slice(controlPrefix.length)}`) {
      case 'GET health':
        return { status: 200, body: { ok: true } };
      case 'GET requests':
        return { status: 200, body: requestLog.rows.slice(Number(url.searchParams.get('after') ?? 0)) };
      case 'GET discovery':
        return { status: 200, body: discovery.summary() };
      case 'POST step':
        requestLog.setStep(stepBody.parse(JSON.parse(body)).name);
        return { status: 200, body: {} };
      case 'POST faults': {
        const {
          match,
          fault,
          probability = 1,
          times = Number.POSITIVE_INFINITY,
          delayMs = 1000,
          caller,
        } = faultBody.parse(JSON.parse(body));
        faults.add({
          match: new RegExp(match),
          fault,
          probability,
          times,
          delayMs,
          ...(caller === undefined ? {} : { caller }),
        });
        return { status: 200, body: {} };
      }
      case 'DELETE faults':
        faults.clear();
        return { status: 200, body: {} };
      default:
        return { status: 404, body: { error: { code: 404, message: `no control path ${verb} ${url.pathname}` } } };
    }
  };
}
