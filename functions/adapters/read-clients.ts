import { openCompute } from './google-clients/compute.ts';
import type { Connection } from './google-clients/connection.ts';
import { openIam } from './google-clients/iam.ts';
import { openIap } from './google-clients/iap.ts';
import { openProjects } from './google-clients/projects.ts';
import { openPubsub } from './google-clients/pubsub.ts';
import { openResourceManagerV1 } from './google-clients/resource-manager-v1.ts';
import { openResourceManagerV3 } from './google-clients/resource-manager-v3.ts';
import { openRun } from './google-clients/run.ts';
import { once } from './once.ts';

/** The clients that reading an estate takes. */
export interface ReadClients {
  run(): ReturnType<typeof openRun>;
  compute(): ReturnType<typeof openCompute>;
  iam(): ReturnType<typeof openIam>;
  iap(): ReturnType<typeof openIap>;
  pubsub(): ReturnType<typeof openPubsub>;
  resourceManagerV1(): ReturnType<typeof openResourceManagerV1>;
  resourceManagerV3(): ReturnType<typeof openResourceManagerV3>;
  projects(): ReturnType<typeof openProjects>;
}

/** Each is loaded and made on first use. */
export function createReadClients(connection: Connection): ReadClients {
  return {
    run: once(() => openRun(connection)),
    compute: once(() => openCompute(connection)),
    iam: once(() => openIam(connection)),
    iap: once(() => openIap(connection)),
    pubsub: once(() => openPubsub(connection)),
    resourceManagerV1: once(() => openResourceManagerV1(connection)),
    resourceManagerV3: once(() => openResourceManagerV3(connection)),
    projects: once(() => openProjects(connection)),
  };
}
