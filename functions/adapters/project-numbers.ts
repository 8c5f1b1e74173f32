import * as z from 'zod';
import type { Clock } from '../core/world.ts';
import { AppError } from '../errors.ts';
import type { AccessToken } from './metadata-token.ts';
import { callRest, errorText } from './rest-call.ts';

/** The project's id where `project` is a number that can be looked up; else `project` as it is. Throws `read-failed`. */
export type ProjectId = (project: string) => Promise<string>;

export interface ProjectNumbersOptions {
  readonly apiRoot: string;
  readonly token: AccessToken;
  readonly clock: Clock;
}

/**
 * Maps project numbers to ids through Resource Manager, one look-up a number and process. A number that is unknown or
 * denied is asked for again after ten minutes: the role may have been granted since.
 */
export function createProjectNumbers({ apiRoot, token, clock }: ProjectNumbersOptions): ProjectId {
  const known = new Map<string, { id: string; until: number }>();
  return async (project) => {
    if (!/^\d+$/.test(project)) return project;
    const held = known.get(project);
    if (held && held.until > clock.now()) return held.id;
    const id = await lookUp(project, { apiRoot, token });
    if (known.size >= 10_000) known.clear();
    known.set(project, { id: id ?? project, until: id ? Number.POSITIVE_INFINITY : clock.now() + 600_000 });
    return id ?? project;
  };
}

async function lookUp(number: string, options: { apiRoot: string; token: AccessToken }): Promise<string | undefined> {
  const failed = (why: string, cause?: unknown) =>
    new AppError('read-failed', `The id of project ${number} could not be read: ${why}`, { cause });
  const request = { method: 'GET', url: `${options.apiRoot}/v3/projects/${number}` } as const;
  const reply = await callRest(request, { token: options.token, failed });
  if (reply.status === 403 || reply.status === 404) return undefined;
  const parsed = project.safeParse(reply.body);
  if (reply.status === 200 && parsed.success) return parsed.data.projectId;
  throw failed(`Resource Manager answered ${reply.status} ${errorText(reply)}`);
}

const project = z.object({ projectId: z.string().min(1) });
