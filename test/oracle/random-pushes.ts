import type { Dice } from './dice.ts';
import { clientIdOf, regions, serviceNames } from './random-assets.ts';
import { type AssetContent, type RandomProject, spell } from './random-lines.ts';

const hosts = ['web.acme.example', 'api.acme.example', 'acme.example'];
const paths = ['/hook', '/in/hook', '/in', '/beta/x', '/v2/x', '/'];
const pusher = 'Push@acme-one.iam.gserviceaccount.com';

/** Balancers before a project's backends, and subscriptions that push to hosts which some of them serve. */
export function pushContents(project: RandomProject, backends: readonly string[], dice: Dice): AssetContent[] {
  if (!dice.chance(0.75)) return [];
  const contents: AssetContent[] = [];
  for (const name of dice.some(['lb', 'lb2'], 0.7)) contents.push(...balancer(name, project, backends, dice));
  for (const name of dice.some(['s1', 's2', 's3', 's4'], 0.75)) contents.push(subscription(name, project, dice));
  return contents;
}

function balancer(name: string, project: RandomProject, backends: readonly string[], dice: Dice): AssetContent[] {
  const link = (path: string) => `https://www.googleapis.com/compute/v1/projects/${spell(project, dice)}/${path}`;
  const region = dice.chance(0.2) ? dice.pick(regions) : undefined;
  const scope = region === undefined ? 'global' : `regions/${region}`;
  const compute = (collection: string, type: string, data: unknown): AssetContent => ({
    host: 'compute.googleapis.com',
    path: `${scope}/${collection}/${name}`,
    type: `compute.googleapis.com/${type}`,
    data,
  });
  const to = () => link(dice.chance(0.97) && backends.length > 0 ? dice.pick(backends) : 'global/backendServices/gone');
  const isHttp = dice.chance(0.05);
  const proxies = isHttp ? 'targetHttpProxies' : 'targetHttpsProxies';
  const domains = dice.some([...hosts, '*.acme.example'], 0.6);
  const certificate = dice.chance(0.85)
    ? { type: 'MANAGED', managed: { domains } }
    : { type: 'SELF_MANAGED', ...(dice.chance(0.5) ? { subjectAlternativeNames: hosts } : {}) };
  const holder = dice.chance(0.1)
    ? { certificateMap: '//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m' }
    : { sslCertificates: [link(`${scope}/sslCertificates/${name}`)] };
  const parts = [
    compute('urlMaps', 'UrlMap', urlMap(to, dice)),
    compute(proxies, isHttp ? 'TargetHttpProxy' : 'TargetHttpsProxy', {
      urlMap: link(`${scope}/urlMaps/${name}`),
      ...(isHttp ? {} : holder),
    }),
    compute('forwardingRules', region === undefined ? 'GlobalForwardingRule' : 'ForwardingRule', {
      target: dice.chance(0.95) ? link(`${scope}/${proxies}/${name}`) : link(`${scope}/targetVpnGateways/v`),
      portRange: dice.pick(['443-443', '443-443', '443-443', '443', '8443-8443']),
      loadBalancingScheme: dice.pick(['EXTERNAL', 'EXTERNAL_MANAGED', 'EXTERNAL_MANAGED', 'INTERNAL_MANAGED']),
    }),
    compute('sslCertificates', 'SslCertificate', certificate),
  ];
  return parts.filter(() => dice.chance(0.96));
}

function urlMap(to: () => string, dice: Dice): Record<string, unknown> {
  const own = dice.chance(0.92) ? { defaultService: to() } : { defaultUrlRedirect: { httpsRedirect: true } };
  if (dice.chance(0.35)) return own;
  const patterns = [...hosts, '*.acme.example', '*.example', '*'];
  const hostRules = dice
    .some(patterns, 0.4)
    .map((one) => ({ hosts: [one], pathMatcher: dice.chance(0.96) ? dice.pick(['m', 'n']) : 'gone' }));
  return {
    ...own,
    hostRules,
    pathMatchers: ['m', 'n'].map((name) => ({ name, defaultService: to(), ...rulesOf(to, dice) })),
  };
}

function rulesOf(to: () => string, dice: Dice): Record<string, unknown> {
  if (dice.chance(0.5)) {
    const patterns = ['/in/*', '/in/hook', '/*', '/in', '/hook'];
    return { pathRules: dice.some(patterns, 0.5).map((one) => ({ paths: [one], service: to() })) };
  }
  const matches = [
    { prefixMatch: '/in' },
    { fullPathMatch: '/hook' },
    { prefixMatch: '/beta', headerMatches: [{ headerName: 'x', presentMatch: true }] },
    { regexMatch: '/v[0-9]+/.*' },
    { regexMatch: '/(a+)+' },
    { prefixMatch: '/' },
  ];
  const routeRules = dice.some(matches, 0.35).map((match, i) => ({
    priority: dice.chance(0.5) ? i : 10 - i,
    matchRules: [match],
    ...(dice.chance(0.7)
      ? { service: to() }
      : {
          routeAction: {
            weightedBackendServices: [to(), to()].map((backendService) => ({
              backendService,
              weight: dice.pick([0, 10, 90]),
            })),
          },
        }),
  }));
  return {
    routeRules: routeRules.filter((one, i) => routeRules.findIndex(({ priority }) => priority === one.priority) === i),
  };
}

function subscription(name: string, project: RandomProject, dice: Dice): AssetContent {
  const endpoint = dice.chance(0.92)
    ? `https://${dice.pick([...hosts, 'web.acme.example', 'desk.acme.example', 'elsewhere.org'])}${dice.pick(paths)}`
    : 'https://web-abc-ew.a.run.app/hook';
  const client = clientIdOf(project.number);
  const service = dice.pick(serviceNames);
  const audiences = [
    undefined,
    client,
    client,
    clientIdOf('999999999999'),
    new URL(endpoint).origin,
    ...regions.map((region) => `https://${service}-${project.number}.${region}.run.app`),
    `https://web-${project.number}.${dice.pick(regions)}.run.app/`,
    `https://web-abc-${dice.pick(regions)}.a.run.app`,
  ];
  const audience = dice.pick(audiences);
  const token = { serviceAccountEmail: pusher, ...(audience === undefined ? {} : { audience }) };
  const push = { pushEndpoint: endpoint, ...(dice.chance(0.85) ? { oidcToken: token } : {}) };
  return {
    host: 'pubsub.googleapis.com',
    path: `subscriptions/${name}`,
    type: 'pubsub.googleapis.com/Subscription',
    data: { topic: 'projects/p/topics/t', ...(dice.chance(0.93) ? { pushConfig: push } : {}) },
  };
}
