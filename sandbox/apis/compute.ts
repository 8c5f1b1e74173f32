import type { ApiMethod } from '../api.ts';
import { backendServices } from './compute/backend-services.ts';
import {
  forwardingRules,
  sslCertificates,
  targetHttpProxies,
  targetHttpsProxies,
  urlMaps,
} from './compute/load-balancing.ts';
import { networkEndpointGroups } from './compute/network-endpoint-groups.ts';
import { operationMethods } from './compute/operation.ts';
import { buildReadMethods } from './compute/read-methods.ts';
import { buildWriteMethods } from './compute/write-methods.ts';

const collections = [
  backendServices,
  networkEndpointGroups,
  urlMaps,
  targetHttpProxies,
  targetHttpsProxies,
  forwardingRules,
  sslCertificates,
];

/** Compute v1: what a load balancer before serverless backends is made of. Writes are done at once and answer a finished operation. */
export const computeMethods: readonly ApiMethod[] = [
  ...collections.flatMap((collection) => [...buildReadMethods(collection), ...buildWriteMethods(collection)]),
  ...operationMethods,
];
