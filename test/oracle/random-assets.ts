import type { Dice } from './dice.ts';
import type { AssetContent, RandomProject } from './random-lines.ts';
import { spell } from './random-lines.ts';

export const regions = ['europe-west1', 'us-central1'];
export const serviceNames = ['web', 'api', 'my-fn'];
const functionNames = ['my-fn', 'My_Fn', 'old_fn', 'web'];

export function serviceContent(name: string, region: string, project: RandomProject, dice: Dice): AssetContent {
  return {
    host: 'run.googleapis.com',
    path: `locations/${region}/services/${name}`,
    type: 'run.googleapis.com/Service',
    data: dice.chance(0.6) ? v1Service(name, region, project, dice) : v2Service(name, region, project, dice),
  };
}

function labels(dice: Dice): Record<string, string> {
  const all: Record<string, string> = dice.chance(0.3) ? { team: 'a' } : {};
  if (dice.chance(0.5)) all['sallyport-iap'] = dice.pick(['allow', 'deny', 'deny', 'Allow', 'allow', 'deny']);
  return all;
}

/** What a service accepts beside its own URLs: now and then the shared host, or another region's URL. */
function audiences(name: string, project: RandomProject, dice: Dice): readonly string[] {
  const urls = regions.map((region) => `https://${name}-${project.number}.${region}.run.app`);
  return dice.some(['https://web.acme.example', ...urls], 0.25);
}

function v1Service(name: string, region: string, project: RandomProject, dice: Dice): unknown {
  const annotations: Record<string, string> = { 'run.googleapis.com/operation-id': 'f00' };
  const put = (key: string, value: string) => {
    annotations[`run.googleapis.com/${key}`] = value;
  };
  if (dice.chance(0.9)) put('ingress', dice.pick(['all', 'internal', 'internal-and-cloud-load-balancing', 'none']));
  if (dice.chance(0.5)) put('ingress-status', dice.pick(['all', 'internal']));
  if (dice.chance(0.15)) put('iap-enabled', dice.pick(['true', 'true', 'false']));
  if (dice.chance(0.15)) put('invoker-iam-disabled', dice.pick(['true', 'true', 'false']));
  if (dice.chance(0.25)) put('default-url-disabled', dice.pick(['true', 'true', 'false']));
  if (dice.chance(0.3)) put('custom-audiences', JSON.stringify(audiences(name, project, dice)));
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: project.number,
      annotations,
      ...(dice.chance(0.7) ? { labels: labels(dice) } : {}),
    },
    spec: {},
    ...(dice.chance(0.7) ? { status: { url: `https://${name}-abc-${region}.a.run.app` } } : {}),
  };
}

const v2Ingress = ['ALL', 'INTERNAL_ONLY', 'INTERNAL_LOAD_BALANCER', 'NONE', 'UNSPECIFIED'];

function v2Service(name: string, region: string, project: RandomProject, dice: Dice): unknown {
  return {
    name: `projects/${spell(project, dice)}/locations/${region}/services/${name}`,
    ...(dice.chance(0.9) ? { ingress: `INGRESS_TRAFFIC_${dice.pick(v2Ingress)}` } : {}),
    ...(dice.chance(0.7) ? { labels: labels(dice) } : {}),
    ...(dice.chance(0.15) ? { iapEnabled: dice.chance(0.7) } : {}),
    ...(dice.chance(0.15) ? { invokerIamDisabled: dice.chance(0.7) } : {}),
    ...(dice.chance(0.25) ? { defaultUriDisabled: dice.chance(0.7) } : {}),
    ...(dice.chance(0.3) ? { customAudiences: audiences(name, project, dice) } : {}),
    ...(dice.chance(0.7) ? { uri: `https://${name}-abc-${region}.a.run.app` } : {}),
    template: {},
  };
}

export function negContent(name: string, region: string, dice: Dice): AssetContent {
  const serverless = dice.chance(0.95);
  return {
    host: 'compute.googleapis.com',
    path: `regions/${region}/networkEndpointGroups/${name}`,
    type: 'compute.googleapis.com/NetworkEndpointGroup',
    data: {
      name,
      region: `https://www.googleapis.com/compute/v1/projects/p/regions/${region}`,
      ...(serverless ? { networkEndpointType: 'SERVERLESS', ...target(dice) } : otherNeg(dice)),
    },
  };
}

function target(dice: Dice): Record<string, unknown> {
  const kind = dice.below(20);
  if (kind < 14) {
    const tag = dice.chance(0.2) ? { tag: 'blue' } : {};
    return { cloudRun: { service: dice.chance(0.9) ? dice.pick(serviceNames) : 'gone', ...tag } };
  }
  if (kind < 16) return { cloudRun: { urlMask: dice.pick(['<service>.example.com', 'example.com/<service>']) } };
  if (kind < 18) return { cloudFunction: { function: dice.pick(functionNames) } };
  if (kind < 19) return { cloudFunction: { urlMask: 'example.com/<function>' } };
  if (dice.chance(0.2))
    return dice.pick([{ serverlessDeployment: { platform: 'apigateway.googleapis.com' } }, { cloudRun: {} }]);
  return { appEngine: dice.chance(0.5) ? { service: 'default' } : { urlMask: '<service>-dot-a.example.com' } };
}

function otherNeg(dice: Dice): Record<string, unknown> {
  return { networkEndpointType: dice.pick(['GCE_VM_IP_PORT', 'PRIVATE_SERVICE_CONNECT', 'INTERNET_FQDN_PORT']) };
}

export interface BackendPlace {
  readonly name: string;
  /** undefined = global */
  readonly region: string | undefined;
  /** NEGs and the projects that own them. */
  readonly negs: readonly { readonly project: RandomProject; readonly path: string }[];
}

export function backendContent(
  { name, region, negs }: BackendPlace,
  owner: RandomProject,
  others: readonly RandomProject[],
  dice: Dice,
): AssetContent {
  const scope = region === undefined ? 'global' : `regions/${region}`;
  const groups = negs.map(({ project, path }) => groupUrl(`projects/${spell(project, dice)}/${path}`, dice));
  if (dice.chance(0.05)) groups.push(...groups.slice(0, 1));
  for (const other of dice.some(otherGroups, 0.03))
    groups.push(groupUrl(`projects/${spell(owner, dice)}/${other}`, dice));
  return {
    host: 'compute.googleapis.com',
    path: `${scope}/backendServices/${name}`,
    type:
      region !== undefined && dice.chance(0.5)
        ? 'compute.googleapis.com/RegionBackendService'
        : 'compute.googleapis.com/BackendService',
    data: {
      name,
      id: dice.chance(0.5) ? '7001' : 7001,
      ...(dice.chance(0.9) ? { loadBalancingScheme: dice.pick(schemes) } : {}),
      protocol: dice.pick(['HTTPS', 'HTTPS', 'HTTP', 'HTTP2']),
      ...(dice.chance(0.15) ? { enableCDN: dice.chance(0.8) } : {}),
      ...(dice.chance(0.95) ? { backends: groups.map((group) => ({ group })) } : {}),
      ...iap(owner, others, dice),
    },
  };
}

const otherGroups = [
  'zones/us-central1-a/instanceGroups/ig',
  'zones/us-central1-a/networkEndpointGroups/vms',
  'global/networkEndpointGroups/internet',
];
const schemes = ['EXTERNAL', 'EXTERNAL', 'EXTERNAL_MANAGED', 'EXTERNAL_MANAGED', 'INTERNAL_MANAGED'];

function groupUrl(path: string, dice: Dice): string {
  const host = [
    'https://www.googleapis.com/compute/v1',
    'https://compute.googleapis.com/compute/v1',
    'https://www.googleapis.com/compute/beta',
  ];
  return `${dice.pick(host)}/${path}`;
}

/** IAP on, off, or not mentioned; client IDs of the project, of another one, and texts that are none. */
function iap(owner: RandomProject, others: readonly RandomProject[], dice: Dice): Record<string, unknown> {
  if (dice.chance(0.12)) return {};
  if (dice.chance(0.12)) return { iap: { enabled: false, oauth2ClientId: 'left-over' } };
  if (dice.chance(0.03)) return { iap: dice.pick([{ enabled: 'true' }, null, {}]) };
  if (dice.chance(0.5)) return { iap: { enabled: true } };
  return { iap: { enabled: true, oauth2ClientId: clientId(owner, others, dice), oauth2ClientSecretSha256: 'ab' } };
}

function clientId(owner: RandomProject, others: readonly RandomProject[], dice: Dice): string {
  const good = clientIdOf(owner.number);
  if (dice.chance(0.6)) return good;
  if (dice.chance(0.5))
    return clientIdOf(dice.pick([...others.map(({ number }) => number), '999999999999', '999999999999']));
  return dice.pick([
    '',
    'allUsers',
    good.toUpperCase(),
    ` ${good}`,
    `${good}.evil.com`,
    'x-1.apps.googleusercontent.com',
  ]);
}

export function clientIdOf(number: string): string {
  return `${number}-abc1.apps.googleusercontent.com`;
}
