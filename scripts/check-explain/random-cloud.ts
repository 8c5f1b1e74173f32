import type { Cloud, StoredPolicy } from '../../sandbox/cloud.ts';
import type { Dice } from '../../test/oracle/dice.ts';
import * as names from './names.ts';
import { randomBalancers } from './random-balancers.ts';

const { project, number, regions, services, ann, bob, robot, pusher, agent } = names;

/** Empties a cloud and fills it with a random estate: one project below a folder, services, balancers, IAP, policies. Gives back its regions. */
export function randomCloud(cloud: Cloud, dice: Dice): readonly string[] {
  for (const map of [
    cloud.projects,
    cloud.folders,
    cloud.runServices,
    cloud.compute,
    cloud.policies,
    cloud.iapSettings,
  ])
    map.clear();
  cloud.serviceAccounts.clear();
  const parent = dice.chance(0.8) ? 'folders/8' : undefined;
  cloud.folders.set('organizations/9', { name: 'organizations/9', displayName: 'example.com' });
  cloud.folders.set('folders/8', { name: 'folders/8', displayName: 'prod', parent: 'organizations/9' });
  cloud.projects.set(project, {
    projectId: project,
    projectNumber: number,
    displayName: project,
    ...(parent ? { parent } : {}),
    createTime: '2026-01-01T00:00:00Z',
  });
  for (const member of [robot, pusher]) cloud.serviceAccounts.add(member.slice('serviceAccount:'.length));
  if (dice.chance(0.88)) cloud.serviceAccounts.add(agent.slice('serviceAccount:'.length));
  // Whoever reads: an owner, who may look above the project as well.
  const above = ['resourcemanager.folders.getIamPolicy', 'resourcemanager.organizations.getIamPolicy'];
  cloud.roles.set('roles/browser.ofPolicies', above);
  bind(cloud, `projects/${project}`, { role: 'roles/owner', member: 'user:admin@example.com' });
  bind(cloud, 'organizations/9', { role: 'roles/browser.ofPolicies', member: 'user:admin@example.com' });
  cloud.roles.set(`projects/${project}/roles/caller`, ['run.routes.invoke']);
  cloud.roles.set(`projects/${project}/roles/nothing`, ['run.services.get']);
  const used = regions.slice(0, 1 + dice.below(regions.length));
  for (const service of services)
    for (const region of used) if (dice.chance(0.93)) addService(cloud, dice, { service, region });
  const backends = randomBalancers(cloud, dice, used);
  addInvokers(cloud, dice, [`projects/${project}`, 'folders/8', 'organizations/9'], 0.06);
  addInvokers(cloud, dice, [...cloud.runServices.keys()], 0.5);
  addAccessors(cloud, dice, backends);
  addSettings(cloud, dice, backends);
  return used;
}

function addService(
  cloud: Cloud,
  dice: Dice,
  { service, region }: { readonly service: string; readonly region: string },
): void {
  const own = `https://${service}-${number}.${region}.run.app`;
  const isHashed = dice.chance(0.4);
  const url = isHashed ? `https://${service}-abcdefghij-${region.slice(0, 2)}.a.run.app` : own;
  const maybe = (chance: number, name: string, value: string) =>
    dice.chance(chance) ? { [`run.googleapis.com/${name}`]: value } : {};
  cloud.runServices.set(`projects/${project}/locations/${region}/services/${service}`, {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: service,
      namespace: number,
      labels: { 'cloud.googleapis.com/location': region },
      annotations: {
        ...maybe(
          0.95,
          'ingress',
          dice.pick([
            'all',
            'all',
            'internal-and-cloud-load-balancing',
            'internal-and-cloud-load-balancing',
            'internal',
          ]),
        ),
        'run.googleapis.com/urls': JSON.stringify([own, ...(isHashed ? [url] : [])]),
        ...maybe(0.12, 'iap-enabled', 'true'),
        ...maybe(0.06, 'invoker-iam-disabled', 'true'),
        ...maybe(0.15, 'default-url-disabled', 'true'),
        ...maybe(0.55, 'custom-audiences', JSON.stringify([names.customAudience])),
      },
    },
    spec: {},
    status: { url, latestReadyRevisionName: `${service}-00001-abc` },
  });
}

function addInvokers(cloud: Cloud, dice: Dice, keys: readonly string[], often: number): void {
  const own = often > 0.3;
  for (const key of keys) {
    const add = (chance: number, member: string, role: string = names.invoker, condition?: string) => {
      if (dice.chance(chance)) bind(cloud, key, { role, member, ...(condition ? { condition } : {}) });
    };
    add(
      own ? 0.6 : 0.08,
      agent,
      dice.pick([names.invoker, names.invoker, 'roles/run.servicesInvoker', 'roles/run.developer']),
    );
    add(
      often * 0.9,
      robot,
      dice.pick([names.invoker, names.invoker, 'roles/cloudfunctions.developer', `projects/${project}/roles/caller`]),
    );
    add(own ? 0.1 : 0, pusher, `projects/${project}/roles/nothing`);
    add(own ? 0.1 : 0, pusher, 'roles/run.viewer');
    add(own ? 0.05 : 0.005, 'allUsers');
    add(own ? 0.04 : 0.005, 'allAuthenticatedUsers');
    add(own ? 0.02 : 0, 'group:people@example.com');
    add(own ? 0.06 : 0, 'domain:example.com');
    add(own ? 0.03 : 0, `serviceAccount:${names.clientId}`);
    add(own ? 0.25 : 0, dice.pick([agent, pusher]), names.invoker, randomCondition(dice));
    add(own ? 0.05 : 0, 'deleted:user:ann@example.com?uid=1');
  }
}

function addAccessors(cloud: Cloud, dice: Dice, backends: readonly string[]): void {
  const root = `projects/${number}/iap_web`;
  const direct = [...cloud.runServices].filter(
    ([, { metadata }]) => metadata.annotations['run.googleapis.com/iap-enabled'],
  );
  const own = [
    ...backends,
    ...direct.map(([key, { metadata }]) => `${root}/cloud_run-${key.split('/')[3]}/services/${metadata.name}`),
  ];
  for (const key of own) addAccessorsAt(cloud, dice, key, 0.5);
  for (const key of [`${root}/compute`, root, `projects/${project}`, 'folders/8', 'organizations/9'])
    addAccessorsAt(cloud, dice, key, 0.07);
}

function addAccessorsAt(cloud: Cloud, dice: Dice, key: string, often: number): void {
  const add = (chance: number, member: string, condition?: string, role = names.accessor) => {
    if (dice.chance(chance)) bind(cloud, key, { role, member, ...(condition ? { condition } : {}) });
  };
  const own = often > 0.3;
  add(often, ann);
  add(often, robot);
  add(often * 0.4, 'domain:example.com');
  add(own ? 0.35 : 0.03, dice.pick([ann, bob, bob, pusher]), randomCondition(dice));
  // Domains hold people only.
  add(own ? 0.2 : 0, `domain:${robot.split('@')[1]}`);
  add(own ? 0.03 : 0, 'group:people@example.com');
  add(own ? 0.06 : 0.005, 'allUsers');
  add(own ? 0.04 : 0.005, 'allAuthenticatedUsers');
  add(own ? 0.04 : 0, 'allUsers', 'request.path.startsWith("/beta")');
  add(own ? 0.1 : 0, bob, undefined, 'roles/viewer');
}

/** One in eight looks at what nobody here can judge. */
function randomCondition(dice: Dice): string {
  return dice.pick([
    'request.path.startsWith("/api")',
    'request.path.startsWith("/api") && request.host == "shop.example.com"',
    "request.host.endsWith('.example.com')",
    '!request.path.startsWith("/admin")',
    'request.path == "/cart"',
    'request.path == "/cart" || request.path.endsWith("/items")',
    'request.time < timestamp("2020-01-01T00:00:00Z")',
    'request.time > timestamp("2020-01-01T00:00:00Z")',
    '"accessPolicies/1/accessLevels/office" in request.auth.access_levels',
  ]);
}

function addSettings(cloud: Cloud, dice: Dice, backends: readonly string[]): void {
  const root = `projects/${number}/iap_web`;
  const client = { accessSettings: { oauthSettings: { programmaticClients: [names.programClient] } } };
  for (const key of backends) {
    if (dice.chance(0.7)) continue;
    const oauth = dice.pick([{ programmaticClients: [names.programClient] }, { clientId: names.settingsClient }]);
    const cors = dice.chance(0.5) ? { corsSettings: { allowHttpOptions: true } } : {};
    cloud.iapSettings.set(key, { accessSettings: { oauthSettings: oauth, ...cors } });
  }
  for (const key of [root, `${root}/compute`]) if (dice.chance(0.15)) cloud.iapSettings.set(key, client);
  for (const region of regions) if (dice.chance(0.2)) cloud.iapSettings.set(`${root}/cloud_run-${region}`, client);
}

function bind(
  cloud: Cloud,
  key: string,
  { role, member, condition }: { readonly role: string; readonly member: string; readonly condition?: string },
): void {
  // IAM takes no account that does not exist; what is left of one that did is this.
  const isGone = member === agent && !cloud.serviceAccounts.has(agent.slice('serviceAccount:'.length));
  const held = isGone ? `deleted:${agent}?uid=123456789` : member;
  const policy: StoredPolicy = cloud.policies.get(key) ?? { etag: 'BwAAAAAAAAE=', version: 3 };
  const binding = {
    role,
    members: [held],
    ...(condition ? { condition: { title: 'when', expression: condition } } : {}),
  };
  cloud.policies.set(key, { ...policy, bindings: [...(policy.bindings ?? []), binding] });
}
