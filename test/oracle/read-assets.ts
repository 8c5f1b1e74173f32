import { canonicalName, type Names, projectInName } from './names.ts';
import type { Backend, Json, Neg, Service } from './oracle-types.ts';
import { asList, asObject, asText } from './read-lines.ts';

/** A Run service in the v1 or the v2 shape (FACTS 2, 13). */
export function readService(name: string, data: Json, ancestors: readonly string[] | undefined): Service {
  const [, region = '', shortName = ''] = /\/locations\/([^/]+)\/services\/([^/]+)$/.exec(name) ?? [];
  const common = {
    name,
    project: projectInName(name) ?? '',
    region,
    shortName,
    ancestors,
  };
  const metadata = asObject(data['metadata']);
  if (metadata === undefined) {
    return {
      ...common,
      ingress: ingressOfV2(asText(data['ingress'])),
      defaultUrlDisabled: data['defaultUriDisabled'] === true,
      invokerCheckDisabled: data['invokerIamDisabled'] === true,
      directIap: data['iapEnabled'] === true,
      label: asText(asObject(data['labels'])?.['sallyport-iap']),
      urls: [...asList(data['urls']).map(asText), asText(data['uri'])],
      customAudiences: asList(data['customAudiences']).map(asText),
    };
  }
  const annotation = (key: string) => asText(asObject(metadata['annotations'])?.[`run.googleapis.com/${key}`]);
  return {
    ...common,
    // CONTRACT 1: "Missing = `all`; `ingress`, never `ingress-status`"
    ingress: annotation('ingress') || 'all',
    defaultUrlDisabled: annotation('default-url-disabled') === 'true',
    invokerCheckDisabled: annotation('invoker-iam-disabled') === 'true',
    directIap: annotation('iap-enabled') === 'true',
    label: asText(asObject(metadata['labels'])?.['sallyport-iap']),
    // FACTS 2: "v1 annotations: run.googleapis.com/{[...] custom-audiences, urls (JSON string)}"
    urls: [...textsIn(annotation('urls')), asText(asObject(data['status'])?.['url'])],
    customAudiences: textsIn(annotation('custom-audiences')),
  };
}

function textsIn(json: string): readonly string[] {
  return json === '' ? [] : asList(JSON.parse(json)).map(asText);
}

/** CONTRACT 1: "subjects use v1 words (`all`, `internal`, `internal-and-cloud-load-balancing`, `none`) for v2 data too" */
function ingressOfV2(word: string): string {
  if (word === 'INGRESS_TRAFFIC_INTERNAL_ONLY') return 'internal';
  if (word === 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER') return 'internal-and-cloud-load-balancing';
  if (word === 'INGRESS_TRAFFIC_NONE') return 'none';
  return 'all';
}

export function readBackend(name: string, data: Json, ancestors: readonly string[] | undefined, names: Names): Backend {
  const iap = asObject(data['iap']) ?? {};
  const negs: string[] = [];
  for (const value of asList(data['backends'])) {
    const path = /\/(projects\/[^/]+\/.*networkEndpointGroups\/[^/]+)$/.exec(asText(asObject(value)?.['group']))?.[1];
    if (path === undefined) continue;
    const neg = canonicalName(`//compute.googleapis.com/${path}`, names);
    if (!negs.includes(neg)) negs.push(neg);
  }
  return {
    name,
    project: projectInName(name) ?? '',
    id: String(data['id'] ?? ''),
    iapOn: iap['enabled'] === true,
    clientId: asText(iap['oauth2ClientId']),
    scheme: asText(data['loadBalancingScheme']),
    protocol: asText(data['protocol']),
    cdn: data['enableCDN'] === true,
    negs,
    ancestors,
  };
}

/** DESIGN 4: "NEGs: `cloudRun.service` (+tag), `cloudRun.urlMask`, `cloudFunction.function`"; FACTS 3. */
export function readNeg(name: string, data: Json): Neg {
  const run = asObject(data['cloudRun']) ?? {};
  const cloudFunction = asObject(data['cloudFunction']) ?? {};
  const mask = asText(run['urlMask']) || asText(cloudFunction['urlMask']);
  const common = {
    name,
    project: projectInName(name) ?? '',
    region: /\/regions\/([^/]+)\//.exec(name)?.[1] ?? '',
    serverless: data['networkEndpointType'] === 'SERVERLESS',
  };
  if (data['appEngine'] !== undefined) return { ...common, kind: 'app-engine', target: '' };
  if (asText(run['service']) !== '') return { ...common, kind: 'service', target: asText(run['service']) };
  if (mask !== '') return { ...common, kind: 'mask', target: mask };
  const name2 = asText(cloudFunction['function']);
  return name2 === '' ? { ...common, kind: 'other', target: '' } : { ...common, kind: 'function', target: name2 };
}
