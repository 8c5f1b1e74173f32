import { createDice, type Dice } from './dice.ts';
import type { ExportFile, Mode, OracleSettings } from './oracle-types.ts';
import { pushScenes } from './push-scenes.ts';
import { backendContent, negContent, regions, serviceContent, serviceNames } from './random-assets.ts';
import {
  type AssetContent,
  assetLine,
  assetLines,
  hierarchyLine,
  type LineStyle,
  malformedLine,
  type RandomProject,
} from './random-lines.ts';
import { randomIapPolicy, randomPolicy } from './random-policies.ts';
import { pushContents } from './random-pushes.ts';

export interface RandomEstate {
  /** `.gz` names are to be packed when written. */
  readonly files: readonly ExportFile[];
  readonly settings: OracleSettings;
}

/** A random estate as lines of asset exports, with settings to scan it by: the same for the same seed. */
export function randomEstate(seed: number): RandomEstate {
  const dice = createDice(seed);
  const organization = dice.chance(0.6) ? '5000' : undefined;
  const projects = ['one', 'two', 'three'].slice(0, dice.pick([1, 1, 2, 3])).map((word, i) => {
    const isNamed = dice.chance(0.85);
    return {
      id: `acme-${word}`,
      number: `10000000000${i + 1}`,
      organization,
      folders: organization === undefined ? [] : dice.some([`60${i}`, '600'], 0.4).filter(isFirst),
      spelling: dice.pick(['id', 'id', 'number', 'both'] as const),
      hasAncestors: isNamed && dice.chance(0.85),
      hasProjectLine: isNamed && dice.chance(0.6),
    };
  });
  const lines = projects.flatMap((project) => projectLines(project, projects, dice));
  const style = randomStyle(dice);
  for (const kind of ['folders', 'organizations'] as const) {
    const numbers = kind === 'folders' ? projects.flatMap(({ folders }) => folders) : [organization ?? ''];
    for (const number of numbers.filter(isFirst).filter((one) => one !== '')) {
      if (dice.chance(0.6)) lines.push(hierarchyLine(kind, number, randomPolicy(projects, dice), style));
    }
  }
  if (organization !== undefined && dice.chance(0.5)) lines.push(organizationRole(organization, style));
  if (dice.chance(0.2)) lines.push(bucketLine(dice));
  if (dice.chance(0.4)) shuffle(lines, dice);
  if (dice.chance(0.12)) lines.splice(dice.below(lines.length + 1), 0, malformedLine(lines, dice));
  return { files: splitIntoFiles(lines, dice), settings: randomSettings(dice) };
}

function isFirst<T>(value: T, index: number, list: readonly T[]): boolean {
  return list.indexOf(value) === index;
}

function randomStyle(dice: Dice): LineStyle {
  return { camel: dice.chance(0.4), together: dice.chance(0.4) };
}

/** Whatever one project's export holds. Its Project line, where there is one, is often the last. */
function projectLines(project: RandomProject, projects: readonly RandomProject[], dice: Dice): string[] {
  const style = randomStyle(dice);
  const hasPolicies = dice.chance(0.85);
  const hasRunLines = dice.chance(0.9);
  const contents: AssetContent[] = [];
  const negs: { project: RandomProject; path: string }[] = [];
  for (const region of dice.some(regions, 0.75)) {
    for (const name of hasRunLines ? dice.some(serviceNames, 0.7) : []) {
      const policy = hasPolicies && dice.chance(0.8) ? { policy: randomPolicy(projects, dice) } : {};
      contents.push({ ...serviceContent(name, region, project, dice), ...policy });
    }
    for (const name of dice.some(['neg-a', 'neg-b'], 0.8)) {
      const content = negContent(name, region, dice);
      negs.push({ project, path: content.path });
      if (dice.chance(0.96)) contents.push(content);
    }
  }
  const own = backends(project, projects, negs, dice);
  contents.push(
    ...own,
    ...pushContents(
      project,
      own.map(({ path }) => path),
      dice,
    ),
  );
  contents.push(...pushScenes(project, dice));
  contents.push(...iapPolicies(dice), ...customRoles(dice), ...nothingOfInterest(dice));
  if (dice.chance(0.5) && hasPolicies) {
    contents.push({ ...projectAsset, policy: randomPolicy(projects, dice) });
  }
  const lines: string[] = [];
  for (const content of contents) {
    const own = dice.chance(0.1) ? randomStyle(dice) : style;
    lines.push(...assetLines(project, content, own, dice), ...rivals(project, content, own, projects, dice));
  }
  if (project.hasProjectLine) {
    const data = { projectId: project.id, projectNumber: project.number, lifecycleState: 'ACTIVE' };
    const line = assetLine(project, { ...projectAsset, data }, style, dice);
    if (dice.chance(0.5)) lines.push(line);
    else lines.unshift(line);
  }
  return lines;
}

const projectAsset: AssetContent = {
  host: 'cloudresourcemanager.googleapis.com',
  path: '',
  type: 'cloudresourcemanager.googleapis.com/Project',
};

function backends(
  project: RandomProject,
  projects: readonly RandomProject[],
  negs: readonly { readonly project: RandomProject; readonly path: string }[],
  dice: Dice,
): AssetContent[] {
  const foreign = projects.flatMap((one) =>
    regions.map((region) => ({ project: one, path: `regions/${region}/networkEndpointGroups/neg-a` })),
  );
  return dice.some(['front', 'side', 'front'], 0.65).map((name, i) => {
    const own = [...dice.some(negs, 0.6), ...(dice.chance(0.25) ? [dice.pick(foreign)] : [])];
    const region = i > 0 || dice.chance(0.3) ? dice.pick(regions) : undefined;
    return backendContent({ name, region, negs: own }, project, projects, dice);
  });
}

/** Other lines about the same asset: another state of it, or its end; chance decides which is the latest. */
function rivals(
  project: RandomProject,
  content: AssetContent,
  style: LineStyle,
  projects: readonly RandomProject[],
  dice: Dice,
): string[] {
  const lines: string[] = [];
  if (dice.chance(0.05)) lines.push(assetLine(project, without(content), style, dice, { deleted: true }));
  if (content.policy !== undefined && dice.chance(0.05)) {
    lines.push(assetLine(project, { ...without(content), policy: randomPolicy(projects, dice) }, style, dice));
  }
  if (content.data !== undefined && dice.chance(0.05)) {
    lines.push(
      assetLine(project, { ...without(content), data: rivalData(content, project, projects, dice) }, style, dice),
    );
  }
  return lines;
}

function without({ host, path, type }: AssetContent): AssetContent {
  return { host, path, type };
}

function rivalData(
  { path, data }: AssetContent,
  project: RandomProject,
  projects: readonly RandomProject[],
  dice: Dice,
) {
  const [, region = '', kind, name = ''] = /(?:regions|locations)\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (kind === 'services') return serviceContent(name, region, project, dice).data;
  if (kind === 'networkEndpointGroups') return negContent(name, region, dice).data;
  if (kind === 'backendServices') return backendContent({ name, region, negs: [] }, project, projects, dice).data;
  return data;
}

function iapPolicies(dice: Dice): AssetContent[] {
  if (!dice.chance(0.25)) return [];
  const places = [
    'iap_web',
    'iap_web/compute',
    'iap_web/compute/services/7001',
    'iap_web/compute-us-central1/services/7001',
  ];
  return dice.some(places, 0.4).map((path) => ({
    host: 'iap.googleapis.com',
    path,
    type: 'iap.googleapis.com/WebService',
    policy: randomIapPolicy(dice),
  }));
}

function customRoles(dice: Dice): AssetContent[] {
  return dice.some(['withInvoke', 'withoutInvoke'], 0.5).map((name) => ({
    host: 'iam.googleapis.com',
    path: `roles/${name}`,
    type: 'iam.googleapis.com/Role',
    data: {
      title: name,
      includedPermissions: name === 'withInvoke' ? ['run.services.get', 'run.routes.invoke'] : ['run.services.get'],
    },
  }));
}

function organizationRole(organization: string, { camel }: LineStyle): string {
  const name = `//iam.googleapis.com/organizations/${organization}/roles/orgWide`;
  const resource = { data: { includedPermissions: ['run.routes.invoke'] } };
  return JSON.stringify({ name, [camel ? 'assetType' : 'asset_type']: 'iam.googleapis.com/Role', resource });
}

/** A thing whose name tells no project. */
function bucketLine(dice: Dice): string {
  const content = dice.chance(0.5) ? { iam_policy: { etag: 'CAE=' } } : { resource: { data: {} } };
  const ancestors = [`projects/${dice.pick(['100000000001', '100000000009'])}`];
  return JSON.stringify({
    name: '//storage.googleapis.com/b',
    asset_type: 'storage.googleapis.com/Bucket',
    ...content,
    ancestors,
  });
}

function nothingOfInterest(dice: Dice): AssetContent[] {
  const others: AssetContent[] = [
    { host: 'pubsub.googleapis.com', path: 'topics/t', type: 'pubsub.googleapis.com/Topic', data: { name: 't' } },
    {
      host: 'compute.googleapis.com',
      path: 'zones/us-central1-a/instances/vm',
      type: 'compute.googleapis.com/Instance',
      data: { labels: { note: 'run.googleapis.com networkEndpointGroups' } },
    },
  ];
  // Never both in one line: what the contract says of these assets is about lines of one content type.
  return dice.some(others, 0.3).map((one) => (dice.chance(0.3) ? { ...without(one), policy: { etag: 'ACAB' } } : one));
}

function splitIntoFiles(lines: readonly string[], dice: Dice): ExportFile[] {
  const names = ['a.ndjson', 'b.ndjson.gz', 'c.json'].slice(0, dice.pick([1, 1, 2, 3]));
  const files = names.map((name) => ({
    name: dice.chance(0.8) ? name : `${name}.gz`.replace('.gz.gz', '.gz'),
    lines: [] as string[],
  }));
  for (const line of lines) dice.pick(files).lines.push(line);
  if (dice.chance(0.1)) dice.pick(files).lines.push('');
  return files;
}

function randomSettings(dice: Dice): OracleSettings {
  const mode = (): Mode => dice.pick(['observe', 'approve', 'enforce']);
  const modes: Record<string, Mode> = {};
  if (dice.chance(0.15)) modes['iap-invoker-missing'] = mode();
  if (dice.chance(0.1)) modes['*'] = mode();
  return {
    identity: dice.pick(['auto', 'auto', 'auto', 'service-agent', 'oauth-client']),
    trustedClientProjects: dice.chance(0.7) ? ['999999999999'] : [],
    urlMask: dice.pick(['observe', 'observe', 'labelled']),
    modes,
  };
}

function shuffle(lines: string[], dice: Dice): void {
  const rest = lines.splice(0);
  while (rest.length > 0) lines.push(...rest.splice(dice.below(rest.length), 1));
}
