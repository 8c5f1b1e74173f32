import { parsePolicy } from '../core/estate/normalize/policy.ts';
import type { Policy } from '../core/inventory.ts';
import { AppError } from '../errors.ts';
import type { ReadClients } from './read-clients.ts';

/** Reads and writes one resource's own IAM policy by full resource name, one request each; errors come as the client threw them. */
export interface PolicyApi {
  /** Version 3, whole: with conditions and with fields that Sallyport does not know. */
  get(resource: string): Promise<Policy>;
  /** Sends the policy whole, etag included, and gives back what Google kept. */
  set(resource: string, policy: Policy): Promise<Policy>;
}

const options = { requestedPolicyVersion: 3 };

/** Policies of Cloud Run services, of IAP's resources, projects, folders and organisations; only those of services and of IAP's backends can be written. */
export function createPolicyApi(clients: Pick<ReadClients, 'run' | 'iap' | 'resourceManagerV3'>): PolicyApi {
  return {
    async get(resource) {
      const [host, name] = splitName(resource);
      if (host === 'run') {
        const run = await clients.run();
        const services = run.projects.locations.services;
        const { data } = await services.getIamPolicy({ resource: name, 'options.requestedPolicyVersion': 3 });
        return expectPolicy(resource, data);
      }
      if (host === 'iap') {
        const iap = await clients.iap();
        const { data } = await iap.v1.getIamPolicy({ resource: name, requestBody: { options } });
        return expectPolicy(resource, data);
      }
      const manager = await clients.resourceManagerV3();
      const [collection] = name.split('/');
      const holder = { projects: manager.projects, folders: manager.folders, organizations: manager.organizations };
      if (!isHolder(collection)) throw noPolicy(resource);
      const { data } = await holder[collection].getIamPolicy({ resource: name, requestBody: { options } });
      return expectPolicy(resource, data);
    },

    async set(resource, policy) {
      const [host, name] = splitName(resource);
      if (host === 'iap') {
        const iap = await clients.iap();
        const { data } = await iap.v1.setIamPolicy({ resource: name, requestBody: { policy: policy as object } });
        return expectPolicy(resource, data);
      }
      if (host !== 'run')
        throw new AppError('write-refused', `${resource}: only policies of services and of IAP's backends are written`);
      const run = await clients.run();
      // No updateMask: Run's default covers bindings and etag and leaves audit configs alone (FACTS 2).
      const { data } = await run.projects.locations.services.setIamPolicy({
        resource: name,
        requestBody: { policy: policy as object },
      });
      return expectPolicy(resource, data);
    },
  };
}

type Host = 'run' | 'iap' | 'cloudresourcemanager';

function splitName(resource: string): [host: Host, name: string] {
  const [, host, name] = /^\/\/(run|iap|cloudresourcemanager)\.googleapis\.com\/(.+)$/.exec(resource) ?? [];
  if (name !== undefined && (host === 'run' || host === 'iap' || host === 'cloudresourcemanager')) return [host, name];
  throw noPolicy(resource);
}

function isHolder(collection: string | undefined): collection is 'projects' | 'folders' | 'organizations' {
  return collection === 'projects' || collection === 'folders' || collection === 'organizations';
}

function expectPolicy(resource: string, data: unknown): Policy {
  const policy = parsePolicy(data);
  if (policy) return policy;
  throw new AppError('read-failed', `${resource}: the answer is no IAM policy.`);
}

function noPolicy(resource: string): AppError {
  return new AppError('read-failed', `${resource} has no IAM policy that Sallyport reads.`);
}
