import { parseComputeName, parseServiceName } from '../core/estate/resource-name.ts';
import { escapeTerminal } from './terminal-text.ts';

/** `shop in europe-west1`; what is no service by kind and name: `backend shop (global)`, `subscription orders`. */
export function describeResource(resource: string): string {
  const service = parseServiceName(resource);
  if (service) return escapeTerminal(`${service.id} in ${service.region}`);
  const compute = parseComputeName(resource);
  if (compute) {
    const kind = computeKinds[compute.collection] ?? compute.collection;
    const where = compute.region === 'global' ? '(global)' : `in ${compute.region}`;
    return escapeTerminal(`${kind} ${compute.id} ${where}`);
  }
  const [, subscription] = /^\/\/pubsub\.googleapis\.com\/projects\/[^/]+\/subscriptions\/(.+)$/s.exec(resource) ?? [];
  if (subscription) return escapeTerminal(`subscription ${subscription}`);
  const [, project] = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/([^/]+)$/.exec(resource) ?? [];
  return escapeTerminal(project ? `project ${project}` : resource);
}

const computeKinds: Readonly<Record<string, string>> = { backendServices: 'backend', networkEndpointGroups: 'NEG' };

/** `BACKEND > NEG` in short: the full names are in the JSON report. */
export function describeVia(via: string): string {
  const parts = via.split(' > ').map(parseComputeName);
  const [backend, neg] = parts;
  if (!backend || !neg) return via === 'direct' ? 'IAP on the service itself' : escapeTerminal(via);
  const where = backend.region === 'global' ? 'global' : backend.region;
  return escapeTerminal(`backend ${backend.id} (${backend.project}, ${where}) > NEG ${neg.id} (${neg.region})`);
}
