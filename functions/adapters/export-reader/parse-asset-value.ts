import { normalizeBackend } from '../../core/estate/normalize/backend.ts';
import { parseRecord, parseText, parseTexts } from '../../core/estate/normalize/fields.ts';
import {
  type ForwardingRule,
  normalizeCertificate,
  normalizeForwardingRule,
  normalizeTargetProxy,
  type TargetProxy,
} from '../../core/estate/normalize/frontend-parts.ts';
import { normalizeNeg } from '../../core/estate/normalize/neg.ts';
import { normalizeRunService } from '../../core/estate/normalize/run-service.ts';
import { normalizeSubscription } from '../../core/estate/normalize/subscription.ts';
import { normalizeUrlMap } from '../../core/estate/normalize/url-map.ts';
import type { Backend, Certificate, Neg, PushSubscription, RunService } from '../../core/inventory.ts';

/** Kinds of asset that rules read. `above`: folder or organisation; `iap`: a level of IAP's own, of which only the policy counts. */
export type AssetKind =
  | 'service'
  | 'backend'
  | 'neg'
  | 'url-map'
  | 'proxy'
  | 'forwarding-rule'
  | 'certificate'
  | 'subscription'
  | 'project'
  | 'above'
  | 'role'
  | 'iap';

export type AssetValue =
  | { readonly kind: 'service'; readonly service: RunService }
  | { readonly kind: 'backend'; readonly backend: Backend }
  | { readonly kind: 'neg'; readonly neg: Neg }
  /** As Compute writes it: it names other things in many places, and is understood when their projects are known. */
  | { readonly kind: 'url-map'; readonly raw: unknown }
  | { readonly kind: 'proxy'; readonly proxy: TargetProxy }
  /** Absent: it leads to no proxy. */
  | { readonly kind: 'forwarding-rule'; readonly rule: ForwardingRule | undefined }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** Absent: it pushes nowhere. */
  | { readonly kind: 'subscription'; readonly subscription: PushSubscription | undefined }
  | { readonly kind: 'project'; readonly id: string | undefined; readonly number: string | undefined }
  | { readonly kind: 'role'; readonly permissions: readonly string[] }
  | { readonly kind: 'above' | 'iap' };

const kinds: readonly (readonly [AssetKind, RegExp])[] = [
  ['service', /^\/\/run\.googleapis\.com\/projects\/[^/]+\/locations\/[^/]+\/services\/[^/]+$/],
  ['backend', /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+)\/backendServices\/[^/]+$/],
  [
    'neg',
    /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|(regions|zones)\/[^/]+)\/networkEndpointGroups\/[^/]+$/,
  ],
  ['url-map', /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+)\/urlMaps\/[^/]+$/],
  ['proxy', /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+)\/targetHttps?Proxies\/[^/]+$/],
  [
    'forwarding-rule',
    /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+)\/forwardingRules\/[^/]+$/,
  ],
  ['certificate', /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+)\/sslCertificates\/[^/]+$/],
  ['subscription', /^\/\/pubsub\.googleapis\.com\/projects\/[^/]+\/subscriptions\/[^/]+$/],
  ['project', /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/[^/]+$/],
  ['above', /^\/\/cloudresourcemanager\.googleapis\.com\/(folders|organizations)\/[^/]+$/],
  ['iap', /^\/\/iap\.googleapis\.com\/projects\/[^/]+\/iap_web(\/.+)?$/],
  ['role', /^\/\/iam\.googleapis\.com\/(projects|organizations)\/[^/]+\/roles\/[^/]+$/],
];

/** What kind of asset a name names; undefined for all that no rule reads. The name alone says it, never the asset type (CONTRACT 3). */
export function assetKindOf(name: string): AssetKind | undefined {
  return kinds.find(([, form]) => form.test(name))?.[0];
}

/** Compact content of a RESOURCE line, with project names as they are spelled there; undefined when it is not of this kind. */
export function parseAssetValue(kind: AssetKind, name: string, data: unknown): AssetValue | undefined {
  const options = { canonicalProject: asSpelled, name };
  switch (kind) {
    case 'service': {
      const service = normalizeRunService(data, options);
      return service && { kind, service };
    }
    case 'backend': {
      const backend = normalizeBackend(data, options);
      return backend && { kind, backend };
    }
    case 'neg': {
      const neg = normalizeNeg(data, options);
      return neg && { kind, neg };
    }
    case 'url-map':
      return normalizeUrlMap(data, options) && { kind, raw: data };
    case 'proxy': {
      const proxy = normalizeTargetProxy(data, options);
      return proxy && { kind, proxy };
    }
    case 'forwarding-rule':
      return parseRecord(data) && { kind, rule: normalizeForwardingRule(data, options) };
    case 'certificate': {
      const certificate = normalizeCertificate(data, options);
      return certificate && { kind, certificate };
    }
    case 'subscription':
      return parseRecord(data) && { kind, subscription: normalizeSubscription(data, options) };
    case 'project':
      return { kind, ...parseProject(name, data) };
    case 'role':
      return { kind, permissions: parsePermissions(data) };
    case 'above':
    case 'iap':
      return { kind };
  }
}

function asSpelled(project: string): string {
  return project;
}

/** Project number and id, of which the asset's name has one: `…/projects/NUMBER` as a rule. */
function parseProject(name: string, data: unknown): { id: string | undefined; number: string | undefined } {
  const project = parseRecord(data);
  const spelled = name.slice(name.lastIndexOf('/') + 1);
  const number = /^\d+$/.test(spelled) ? spelled : undefined;
  // v1 has `projectNumber`, v3 only `name: projects/NUMBER`.
  const given =
    project?.['projectNumber'] ??
    project?.['project_number'] ??
    /^projects\/(\d+)$/.exec(parseText(project?.['name']) ?? '')?.[1];
  return {
    id: parseText(project?.['projectId']) ?? parseText(project?.['project_id']) ?? (number ? undefined : spelled),
    number: typeof given === 'number' ? String(given) : (parseText(given) ?? number),
  };
}

/** Only those that rules ask for: a role may hold thousands. */
function parsePermissions(data: unknown): readonly string[] {
  const role = parseRecord(data);
  if (role?.['deleted'] === true) return [];
  return parseTexts(role?.['includedPermissions']).filter((permission) => permission.startsWith('run.'));
}
