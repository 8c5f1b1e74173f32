import type { Backend } from '../../inventory.ts';
import { parseComputeName } from '../resource-name.ts';
import { canonicalComputeName, type NormalizeOptions } from './canonical-project.ts';
import { parseList, parseRecord, parseText } from './fields.ts';

/**
 * A Compute backend service, global or regional (its name says which), in the words of the inventory; undefined for
 * anything else. Groups that are no Compute links are left out.
 */
export function normalizeBackend(
  raw: unknown,
  { canonicalProject, name: given }: NormalizeOptions,
): Backend | undefined {
  const resource = parseRecord(raw);
  const name = canonicalComputeName(given ?? resource?.['selfLink'], canonicalProject);
  const parts = name === undefined ? undefined : parseComputeName(name);
  if (!resource || name === undefined || parts?.collection !== 'backendServices') return undefined;
  const id = parseId(resource['id']);
  const iap = parseRecord(resource['iap']);
  const oauth2ClientId = parseText(iap?.['oauth2ClientId']);
  const loadBalancingScheme = parseText(resource['loadBalancingScheme']);
  const protocol = parseText(resource['protocol']);
  const groups = parseList(resource['backends'])
    .map((backend) => canonicalComputeName(parseRecord(backend)?.['group'], canonicalProject))
    .filter((group) => group !== undefined);
  return {
    name,
    ...(id === undefined ? {} : { id }),
    project: parts.project,
    region: parts.region,
    iapEnabled: iap?.['enabled'] === true,
    ...(oauth2ClientId === undefined ? {} : { oauth2ClientId }),
    groups: [...new Set(groups)],
    ...(loadBalancingScheme === undefined ? {} : { loadBalancingScheme }),
    ...(protocol === undefined ? {} : { protocol }),
    enableCdn: resource['enableCDN'] === true,
  };
}

/** Google writes 64-bit numbers as texts; as a JSON number only a small one arrives whole. */
function parseId(id: unknown): string | undefined {
  return Number.isSafeInteger(id) ? String(id) : parseText(id);
}
