import type { cloudresourcemanager_v1 } from 'googleapis/build/src/apis/cloudresourcemanager/v1.js';
import type { cloudscheduler_v1 } from 'googleapis/build/src/apis/cloudscheduler/v1.js';
import type { cloudtasks_v2 } from 'googleapis/build/src/apis/cloudtasks/v2.js';
import type { eventarc_v1 } from 'googleapis/build/src/apis/eventarc/v1.js';
import type { logging_v2 } from 'googleapis/build/src/apis/logging/v2.js';
import type { pubsub_v1 } from 'googleapis/build/src/apis/pubsub/v1.js';
import type { serviceusage_v1 } from 'googleapis/build/src/apis/serviceusage/v1.js';
import type { workflowexecutions_v1 } from 'googleapis/build/src/apis/workflowexecutions/v1.js';
import type { workflows_v1 } from 'googleapis/build/src/apis/workflows/v1.js';
import { apiRoot, type GoogleApi } from '../../functions/adapters/api-root.ts';
import { createGoogleAuth } from '../../functions/adapters/google-auth.ts';
import type { GoogleClients } from '../../functions/adapters/google-clients.ts';

/** Google's clients of the APIs that only a doctor asks, beside those that all of Sallyport has; each loaded on first use. */
export interface DoctorClients {
  eventarc(): Promise<eventarc_v1.Eventarc>;
  logging(): Promise<logging_v2.Logging>;
  pubsub(): Promise<pubsub_v1.Pubsub>;
  resourceManager(): Promise<cloudresourcemanager_v1.Cloudresourcemanager>;
  scheduler(): Promise<cloudscheduler_v1.Cloudscheduler>;
  serviceUsage(): Promise<serviceusage_v1.Serviceusage>;
  tasks(): Promise<cloudtasks_v2.Cloudtasks>;
  executions(): Promise<workflowexecutions_v1.Workflowexecutions>;
  workflows(): Promise<workflows_v1.Workflows>;
}

export function createDoctorClients(common: Pick<GoogleClients, 'pubsub' | 'resourceManagerV1'>): DoctorClients {
  const login = createGoogleAuth();
  login.catch(() => undefined);
  const options = async (api: GoogleApi) => ({
    rootUrl: `${apiRoot(api)}/`,
    retry: false,
    timeout: 30_000,
    auth: asNested(await login),
  });
  return {
    pubsub: () => common.pubsub(),
    resourceManager: () => common.resourceManagerV1(),
    async eventarc() {
      const { default: library } = await import('googleapis/build/src/apis/eventarc/v1.js');
      return new library.eventarc_v1.Eventarc(await options('eventarc'));
    },
    async logging() {
      const { default: library } = await import('googleapis/build/src/apis/logging/v2.js');
      return new library.logging_v2.Logging(await options('logging'));
    },
    async scheduler() {
      const { default: library } = await import('googleapis/build/src/apis/cloudscheduler/v1.js');
      return new library.cloudscheduler_v1.Cloudscheduler(await options('cloudscheduler'));
    },
    async serviceUsage() {
      const { default: library } = await import('googleapis/build/src/apis/serviceusage/v1.js');
      return new library.serviceusage_v1.Serviceusage(await options('serviceusage'));
    },
    async tasks() {
      const { default: library } = await import('googleapis/build/src/apis/cloudtasks/v2.js');
      return new library.cloudtasks_v2.Cloudtasks(await options('cloudtasks'));
    },
    async executions() {
      const { default: library } = await import('googleapis/build/src/apis/workflowexecutions/v1.js');
      return new library.workflowexecutions_v1.Workflowexecutions(await options('workflowexecutions'));
    },
    async workflows() {
      const { default: library } = await import('googleapis/build/src/apis/workflows/v1.js');
      return new library.workflows_v1.Workflows(await options('workflows'));
    },
  };
}

/** Each Google package brings its own copy of google-auth-library; the classes are the same, their private types are not. */
function asNested(auth: unknown): never {
  return auth as never;
}
