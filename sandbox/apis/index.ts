import type { ApiMethod } from '../api.ts';
import { cloudTasksMethods } from './cloud-tasks.ts';
import { pubsubMethods } from './pubsub/index.ts';
import { runV1Methods } from './run-v1.ts';

/** Every method that the local Google Cloud serves: one line for each file in this folder. */
export const apiMethods: readonly ApiMethod[] = [...cloudTasksMethods, ...pubsubMethods, ...runV1Methods];
