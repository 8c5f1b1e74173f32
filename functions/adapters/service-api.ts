import type { ServiceState } from '../core/change/change.ts';
import type { IngressPatch } from '../core/change/ingress-patch.ts';
import { type JsonRecord, parseRecord, parseText } from '../core/estate/normalize/fields.ts';
import { normalizeRunService } from '../core/estate/normalize/run-service.ts';
import { AppError } from '../errors.ts';
import type { GoogleClients } from './google-clients.ts';

/** One Cloud Run service as v2 gives it, and what a change looks at. */
interface ServiceRead {
  readonly raw: JsonRecord;
  readonly state: ServiceState;
}

/** Reads one service and updates parts of it, one request each; errors come as the client threw them. */
export interface ServiceApi {
  get(resource: string): Promise<ServiceRead>;
  /** Google accepts it and carries it out in the background. */
  patch(resource: string, patch: IngressPatch): Promise<void>;
}

/**
 * Through v2, where an update names the fields it is about: v1 would replace the whole service with what was read of it
 * (docs/decisions: ingress is written through v2).
 */
export function createServiceApi(clients: Pick<GoogleClients, 'runV2'>): ServiceApi {
  return {
    async get(resource) {
      const { data } = await (await clients.runV2()).projects.locations.services.get({ name: shortName(resource) });
      return parseService(resource, data);
    },
    async patch(resource, { updateMask, body }) {
      const run = await clients.runV2();
      await run.projects.locations.services.patch({ name: shortName(resource), updateMask, requestBody: body });
    },
  };
}

function parseService(resource: string, data: unknown): ServiceRead {
  const raw = parseRecord(data);
  const service = normalizeRunService(raw, { name: resource, canonicalProject: (project) => project });
  const etag = parseText(raw?.['etag']);
  const generation = parseText(raw?.['generation']);
  if (raw && service && etag && generation) {
    const { ingress, customAudiences } = service;
    return { raw, state: { etag, generation, ingress, customAudiences } };
  }
  throw new AppError('read-failed', `${resource}: the answer is no Cloud Run service.`);
}

function shortName(resource: string): string {
  return resource.slice('//run.googleapis.com/'.length);
}
