import { parseComputeName, parseServiceName } from '../core/estate/resource-name.ts';
import { escapeTerminal } from './terminal-text.ts';

/** `shop in europe-west1`; what is no service by kind and name. */
export function describeResource(resource: string): string {
  const service = parseServiceName(resource);
  if (service) return escapeTerminal(`${service.id} in ${service.region}`);
  const compute = parseComputeName(resource);
  if (compute) return escapeTerminal(`${compute.collection} ${compute.id} in ${compute.region}`);
  return escapeTerminal(resource);
}

/** `BACKEND > NEG` in short: the full names are in the JSON report. */
export function describeVia(via: string): string {
  const parts = via.split(' > ').map(parseComputeName);
  const [backend, neg] = parts;
  if (!backend || !neg) return via === 'direct' ? 'IAP on the service itself' : escapeTerminal(via);
  const where = backend.region === 'global' ? 'global' : backend.region;
  return escapeTerminal(`backend ${backend.id} (${backend.project}, ${where}) > NEG ${neg.id} (${neg.region})`);
}
