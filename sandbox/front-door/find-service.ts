import { findProject } from '../apis/find-project.ts';
import type { Cloud, RunServiceRecord } from '../cloud.ts';
import { at, textAt, textsAt } from './json.ts';
import { type Resource, resolveLink } from './resolve-link.ts';

export interface Service {
  /** `projects/ID/locations/R/services/S` */
  readonly key: string;
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
  readonly record: RunServiceRecord;
}

export interface ServiceRoute {
  readonly region: string;
  /** Absent: the NEG names no service of Cloud Run, or one that is not there. */
  readonly service?: Service | undefined;
  /** The NEG's traffic tag. */
  readonly tag?: string | undefined;
  /** What the NEG leads to, where that is nothing of Cloud Run. */
  readonly notModelled?: string | undefined;
}

/** Where a backend's NEGs lead to for a host and path, one for each NEG, in their order. */
export function listRoutes(cloud: Cloud, backend: Resource, host: string, path: string): ServiceRoute[] {
  const groups = at(backend.record, 'backends');
  return (Array.isArray(groups) ? groups : []).flatMap((each) => {
    const neg = resolveLink(cloud, textAt(each, 'group'));
    const [, project, region] = /^projects\/([^/]+)\/regions\/([^/]+)\//.exec(neg?.key ?? '') ?? [];
    if (!neg || project === undefined || region === undefined) return [];
    const name = serviceNameOf(neg, host, path);
    const service =
      name === undefined ? undefined : findService(cloud, `projects/${project}/locations/${region}/services/${name}`);
    return [{ region, service, tag: textAt(neg.record, 'cloudRun', 'tag'), notModelled: otherKindOf(neg) }];
  });
}

function otherKindOf({ record }: Resource): string | undefined {
  if (at(record, 'appEngine') !== undefined) return 'an App Engine endpoint group';
  const type = textAt(record, 'networkEndpointType') ?? 'SERVERLESS';
  return type === 'SERVERLESS' ? undefined : `an endpoint group of type ${type}`;
}

function serviceNameOf({ record }: Resource, host: string, path: string): string | undefined {
  const functionName = textAt(record, 'cloudFunction', 'function');
  if (functionName !== undefined) return functionName.toLowerCase().replaceAll('_', '-');
  const mask = textAt(record, 'cloudRun', 'urlMask');
  return textAt(record, 'cloudRun', 'service') ?? (mask === undefined ? undefined : matchMask(mask, host, path));
}

/** `<service>.example.com`, `example.com/<service>`, `/<service>`; `<tag>` stands for any tag. */
function matchMask(mask: string, host: string, path: string): string | undefined {
  const source = mask
    .split(/(<service>|<tag>)/)
    .map((part) =>
      part === '<service>'
        ? '(?<service>[a-z0-9-]+)'
        : part === '<tag>'
          ? '[a-z0-9-]+'
          : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  const subject = mask.startsWith('/') ? path : mask.includes('/') ? host + path : host;
  return new RegExp(`^${source}${mask.includes('/') ? '(?:/|$)' : '$'}`).exec(subject)?.groups?.['service'];
}

function findService(cloud: Cloud, key: string): Service | undefined {
  const record = cloud.runServices.get(key);
  const [, project = '', , region = ''] = key.split('/');
  const projectNumber = findProject(cloud, project)?.projectNumber ?? '';
  return record && { key, project, projectNumber, region, record };
}

/** The service whose own URL has this host. */
export function findServiceOfHost(cloud: Cloud, host: string): Service | undefined {
  for (const key of cloud.runServices.keys()) {
    const service = findService(cloud, key);
    if (service && urlsOf(service).some((url) => new URL(url).host === host)) return service;
  }
  return undefined;
}

/** Its run.app URLs: those that it lists, and the one that its name, project number and region make. Each is of one region only. */
function urlsOf({ record, projectNumber, region }: Service): readonly string[] {
  const urls = [
    `https://${record.metadata.name}-${projectNumber}.${region}.run.app`,
    textAt(record, 'status', 'url') ?? '',
    ...textsAt(parseList(annotation({ record }, 'urls'))),
  ];
  return [...new Set(urls)].filter((url) => URL.canParse(url));
}

/** What Cloud Run takes as `aud`: its URLs and its custom audiences, with and without a last slash. */
export function audiencesOf(service: Service): readonly string[] {
  const plain = [...urlsOf(service), ...textsAt(parseList(annotation(service, 'custom-audiences')))];
  return plain.flatMap((each) => [each.replace(/\/$/, ''), `${each.replace(/\/$/, '')}/`]);
}

/** The value of `run.googleapis.com/NAME`. */
export function annotation({ record }: Pick<Service, 'record'>, name: string): string | undefined {
  return record.metadata.annotations[`run.googleapis.com/${name}`];
}

function parseList(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '[]');
  } catch (cause) {
    if (cause instanceof SyntaxError) return [];
    throw cause;
  }
}
