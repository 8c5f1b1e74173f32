import type { ApiMethod } from '../api.ts';
import { cloudAssetMethods } from './cloud-asset.ts';
import { cloudSchedulerMethods } from './cloud-scheduler.ts';
import { cloudTasksMethods } from './cloud-tasks.ts';
import { computeMethods } from './compute.ts';
import { eventarcMethods } from './eventarc.ts';
import { iamRolesMethods } from './iam-roles.ts';
import { iapMethods } from './iap.ts';
import { loggingMethods } from './logging.ts';
import { loggingSinksMethods } from './logging-sinks.ts';
import { pubsubMethods } from './pubsub/index.ts';
import { resourceManagerV1Methods } from './resource-manager-v1.ts';
import { resourceManagerV3Methods } from './resource-manager-v3.ts';
import { runV1Methods } from './run-v1.ts';
import { runV2Methods } from './run-v2.ts';
import { serviceUsageMethods } from './service-usage.ts';
import { storageMethods } from './storage/index.ts';
import { workflowCallbackMethods } from './workflow-callbacks.ts';
import { workflowExecutionsMethods } from './workflow-executions.ts';
import { workflowsMethods } from './workflows.ts';

/** Every method that the local Google Cloud serves: one line for each file in this folder. */
export const apiMethods: readonly ApiMethod[] = [
  ...cloudAssetMethods,
  ...cloudSchedulerMethods,
  ...cloudTasksMethods,
  ...computeMethods,
  ...eventarcMethods,
  ...iamRolesMethods,
  ...iapMethods,
  ...loggingMethods,
  ...loggingSinksMethods,
  ...pubsubMethods,
  ...resourceManagerV1Methods,
  ...resourceManagerV3Methods,
  ...runV1Methods,
  ...runV2Methods,
  ...serviceUsageMethods,
  ...storageMethods,
  ...workflowCallbackMethods,
  ...workflowExecutionsMethods,
  ...workflowsMethods,
];
