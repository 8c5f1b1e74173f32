import type { Dice } from './dice.ts';
import { clientIdOf, regions, serviceContent } from './random-assets.ts';
import type { AssetContent, RandomProject } from './random-lines.ts';

const pusher = 'push@acme-one.iam.gserviceaccount.com';

/**
 * Whole scenes that chance alone would seldom put together: an IAP backend with a policy of its own and a push to it, and
 * a service of two regions behind a backend without IAP.
 */
export function pushScenes(project: RandomProject, dice: Dice): AssetContent[] {
  return [
    ...(dice.chance(0.4) ? callerScene(project, dice) : []),
    ...(dice.chance(0.4) ? regionalScene(project, dice) : []),
  ];
}

function callerScene(project: RandomProject, dice: Dice): AssetContent[] {
  const accessor = 'roles/iap.httpsResourceAccessor';
  const member = `serviceAccount:${pusher}`;
  const bindings = dice.pick([
    [{ role: accessor, members: [member] }],
    [{ role: accessor, members: ['user:ann@example.com'] }],
    [{ role: accessor, members: ['user:ann@example.com', 'domain:example.com'] }],
    [{ role: accessor, members: ['group:all@example.com'] }],
    [{ role: accessor, members: [member], condition: { expression: 'request.path == "/hook"' } }],
    [{ role: 'projects/p/roles/custom', members: [member] }],
  ]);
  return [
    neg('neg-door', regions[0] ?? '', { cloudRun: { service: 'web' } }),
    compute('global/backendServices/door', 'BackendService', {
      id: '7002',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      protocol: 'HTTPS',
      backends: [{ group: link(project, `regions/${regions[0]}/networkEndpointGroups/neg-door`) }],
      iap: { enabled: true, ...(dice.chance(0.5) ? { oauth2ClientId: clientIdOf(project.number) } : {}) },
    }),
    ...balancer('door', project),
    subscription('door', `https://door.${project.id}.example/hook`, clientIdOf(project.number)),
    {
      host: 'iap.googleapis.com',
      path: 'iap_web/compute/services/7002',
      type: 'iap.googleapis.com/WebService',
      policy: { bindings },
    },
    {
      host: 'cloudresourcemanager.googleapis.com',
      path: '',
      type: 'cloudresourcemanager.googleapis.com/Project',
      policy: { bindings: [] },
    },
  ];
}

function regionalScene(project: RandomProject, dice: Dice): AssetContent[] {
  const endpoint = `https://both.${project.id}.example/hook`;
  const group = (region: string) => ({ group: link(project, `regions/${region}/networkEndpointGroups/neg-both`) });
  return [
    ...regions.map((region) => serviceContent('shop', region, project, dice)),
    ...regions.map((region) =>
      neg('neg-both', region, {
        cloudRun: dice.chance(0.9) ? { service: 'shop' } : { urlMask: '<service>.example.com' },
      }),
    ),
    compute('global/backendServices/both', 'BackendService', { id: '7003', backends: regions.map(group) }),
    ...balancer('both', project),
    subscription(
      'both',
      endpoint,
      `https://shop-${project.number}.${dice.pick(regions)}.run.app${dice.pick(['', '/'])}`,
    ),
    subscription('both-hash', endpoint, `https://shop-abc-${dice.pick(regions)}.a.run.app`),
  ];
}

function balancer(name: string, project: RandomProject): AssetContent[] {
  return [
    compute(`global/urlMaps/${name}`, 'UrlMap', { defaultService: link(project, `global/backendServices/${name}`) }),
    compute(`global/targetHttpsProxies/${name}`, 'TargetHttpsProxy', {
      urlMap: link(project, `global/urlMaps/${name}`),
      sslCertificates: [link(project, `global/sslCertificates/${name}`)],
    }),
    compute(`global/forwardingRules/${name}`, 'GlobalForwardingRule', {
      target: link(project, `global/targetHttpsProxies/${name}`),
      portRange: '443-443',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
    }),
    compute(`global/sslCertificates/${name}`, 'SslCertificate', {
      managed: { domains: [`${name}.${project.id}.example`] },
    }),
  ];
}

function neg(name: string, region: string, target: Record<string, unknown>): AssetContent {
  const data = { name, networkEndpointType: 'SERVERLESS', ...target };
  return compute(`regions/${region}/networkEndpointGroups/${name}`, 'NetworkEndpointGroup', data);
}

function subscription(name: string, pushEndpoint: string, audience: string): AssetContent {
  const pushConfig = { pushEndpoint, oidcToken: { serviceAccountEmail: pusher, audience } };
  return {
    host: 'pubsub.googleapis.com',
    path: `subscriptions/${name}`,
    type: 'pubsub.googleapis.com/Subscription',
    data: { topic: 'projects/p/topics/t', pushConfig },
  };
}

function compute(path: string, type: string, data: unknown): AssetContent {
  return { host: 'compute.googleapis.com', path, type: `compute.googleapis.com/${type}`, data };
}

function link({ id }: RandomProject, path: string): string {
  return `https://www.googleapis.com/compute/v1/projects/${id}/${path}`;
}
