import { normalizeBackend } from '../estate/normalize/backend.ts';
import { parseList, parseRecord, parseText } from '../estate/normalize/fields.ts';
import { buildNegName } from '../estate/resource-name.ts';
import type { Backend } from '../inventory.ts';
import { followOrigins, type LinkedResources } from './linked-resources.ts';
import { backendNameOf } from './place-grant.ts';
import { canonicalProject, nameOf, projectOf, regionOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import { configResource, type PlanView } from './plan-view.ts';
import { originsOf, readValue, valueAt } from './resolve-expression.ts';

export interface PlannedBackend {
  readonly resource: PlannedResource;
  readonly backend: Backend;
  /** Whether IAP is on is itself not known. */
  readonly isIapOpen: boolean;
  /** What is not known of its groups, in words. */
  readonly open: readonly string[];
  /** Its OAuth client ID comes with apply. */
  readonly isClientIdOpen: boolean;
}

/** The backend services that exist after apply, global and regional. */
export function readBackends(view: PlanView): readonly PlannedBackend[] {
  return [...view.plan.resources.values()].flatMap((resource) => {
    const isGlobal = resource.type === 'google_compute_backend_service';
    if (resource.mode !== 'managed' || !(isGlobal || resource.type === 'google_compute_region_backend_service'))
      return [];
    const groups = readGroups(view, resource);
    const iap = readIap(view, resource);
    const backend = normalizeBackend(
      {
        backends: groups.links.map((group) => ({ group })),
        iap: { enabled: iap.isOn, oauth2ClientId: iap.clientId },
        loadBalancingScheme:
          parseText(valueAt(resource, ['load_balancing_scheme'])) ?? (isGlobal ? 'EXTERNAL' : 'INTERNAL'),
        protocol: parseText(valueAt(resource, ['protocol'])) ?? 'HTTP',
        enableCDN: valueAt(resource, ['enable_cdn']) === true,
      },
      { canonicalProject: (project) => canonicalProject(view, project), name: backendNameOf(view, resource) },
    );
    if (!backend) return [];
    return [{ resource, backend, isIapOpen: iap.isOpen, isClientIdOpen: iap.isClientIdOpen, open: groups.open }];
  });
}

function readIap(view: PlanView, resource: PlannedResource) {
  const block = parseRecord(parseList(valueAt(resource, ['iap']))[0]);
  const isBlockOpen = parseRecord(resource.unknown)?.['iap'] === true;
  const enabled = readValue(view, resource, ['iap', 0, 'enabled']);
  const clientId = readValue(view, resource, ['iap', 0, 'oauth2_client_id']);
  return {
    isOpen: isBlockOpen || enabled.kind === 'unknown',
    // Before version 6 of the provider the block alone turned IAP on.
    isOn: block !== undefined && enabled.kind !== 'unknown' && block['enabled'] !== false,
    clientId: clientId.kind === 'known' ? clientId.value : undefined,
    isClientIdOpen: clientId.kind === 'unknown',
  };
}

/**
 * The groups of a backend as links. Those that come with apply are followed: a block that is written once must lead to
 * one NEG; a dynamic block to as many as it makes.
 */
function readGroups(
  view: PlanView,
  resource: PlannedResource,
): { readonly links: readonly string[]; readonly open: readonly string[] } {
  if (parseRecord(resource.unknown)?.['backend'] === true) return { links: [], open: ['how many backends it has'] };
  const links = parseList(valueAt(resource, ['backend'])).map((one) => parseText(parseRecord(one)?.['group']));
  const known = links.filter((link) => link !== undefined);
  const missing = parseList(parseRecord(resource.unknown)?.['backend']).filter(
    (one) => parseRecord(one)?.['group'] === true,
  ).length;
  if (missing === 0) return { links: known, open: [] };
  const { resources, open } = followGroups(view, resource);
  const unknown = resources.filter((group) => !known.some((link) => pointsTo(link, group)));
  const words = open.length > 0 ? open : [`${missing} of its groups`];
  if (unknown.length !== missing) return { links: known, open: words };
  return { links: [...known, ...unknown.map((group) => groupLink(view, group))], open: [] };
}

function followGroups(view: PlanView, resource: PlannedResource): LinkedResources {
  const isGroup = ({ type }: PlannedResource) =>
    /_(network_endpoint_group|instance_group|instance_group_manager)$/.test(type);
  const written = parseList(configResource(view, resource)?.expressions['backend']).length;
  const found: PlannedResource[] = [];
  const open: string[] = [];
  for (const [index, origin] of originsOf(view, resource, ['backend', 0, 'group']).entries()) {
    const one = followOrigins(view, [origin], isGroup);
    open.push(...one.open);
    if (index < written && one.resources.length !== 1)
      open.push(`which of ${one.resources.length} groups one backend names`);
    else found.push(...one.resources);
  }
  return { resources: [...new Set(found)], open };
}

/** A group with a known link is not one of those that come with apply. */
function pointsTo(link: string, { values }: PlannedResource): boolean {
  const own = parseText(values['id']) ?? parseText(values['self_link']);
  return own !== undefined && link.endsWith(own.replace(/^https:\/\/[^/]+\/compute\/[a-z0-9]+\//, ''));
}

function groupLink(view: PlanView, group: PlannedResource): string {
  const parts = { project: projectOf(view, group), region: regionOf(view, group), id: nameOf(view, group) };
  const name = buildNegName(parts);
  return group.type.endsWith('network_endpoint_group') ? name : name.replace('networkEndpointGroups', 'instanceGroups');
}
