import { open } from 'node:fs/promises';

export interface ExportShape {
  readonly lines: number;
  /** Cloud Run services, each with a RESOURCE and an IAM_POLICY line; all other lines are of no interest. */
  readonly services: number;
}

/** Writes an export as Google does (keys, order, sizes of 0.5 to 2 KB), the services spread evenly; gives its size in bytes. */
export async function writeExport(path: string, { lines, services }: ExportShape): Promise<number> {
  const file = await open(path, 'w');
  let bytes = 0;
  let part: string[] = [];
  const every = Math.floor(lines / services);
  for (let at = 0; at < lines; at += 1) {
    const service = Math.floor(at / every);
    if (at % every === 0 && service < services) part.push(serviceLine(service));
    else if (at % every === 1 && service < services) part.push(policyLine(service));
    else part.push(at % 3 === 0 ? instanceLine(at) : at % 3 === 1 ? diskLine(at) : serviceUsageLine(at));
    if (part.length === 2000 || at === lines - 1) {
      bytes += (await file.write(`${part.join('\n')}\n`)).bytesWritten;
      part = [];
    }
  }
  await file.close();
  return bytes;
}

const projects = 200;

function projectOf(at: number): { readonly id: string; readonly number: number } {
  return { id: `acme-shop-${at % projects}`, number: 100_000_000_000 + (at % projects) };
}

function asset(at: number, name: string, type: string, content: object): string {
  const { number } = projectOf(at);
  return JSON.stringify({
    name,
    asset_type: type,
    ...content,
    ancestors: [`projects/${number}`, `folders/${(at % projects) % 7}`, 'organizations/123456789012'],
    update_time: '2026-03-01T10:00:00.123456Z',
  });
}

function resource(at: number, discovery: string, data: object): object {
  return {
    resource: {
      version: 'v1',
      discovery_document_uri: `https://www.googleapis.com/discovery/v1/apis/${discovery}/v1/rest`,
      discovery_name: discovery,
      parent: `//cloudresourcemanager.googleapis.com/projects/${projectOf(at).number}`,
      data,
      location: 'europe-west1',
    },
  };
}

function serviceName(at: number): string {
  return `//run.googleapis.com/projects/${projectOf(at).id}/locations/europe-west1/services/service-${at}`;
}

function serviceLine(at: number): string {
  const url = `https://service-${at}-abcdefghij-ew.a.run.app`;
  const condition = (type: string) => ({ lastTransitionTime: '2026-03-01T10:00:00.123456Z', status: 'True', type });
  return asset(
    at,
    serviceName(at),
    'run.googleapis.com/Service',
    resource(at, 'run', {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: {
        annotations: {
          'run.googleapis.com/client-name': 'gcloud',
          'run.googleapis.com/client-version': '528.0.0',
          'run.googleapis.com/ingress': 'internal-and-cloud-load-balancing',
          'run.googleapis.com/ingress-status': 'internal-and-cloud-load-balancing',
          'run.googleapis.com/urls': `["${url}"]`,
          'serving.knative.dev/creator': 'deployer@example.com',
          'serving.knative.dev/lastModifier': 'deployer@example.com',
        },
        creationTimestamp: '2026-01-01T10:00:00.123456Z',
        generation: 3,
        labels: { 'cloud.googleapis.com/location': 'europe-west1', team: `team-${at % 30}` },
        name: `service-${at}`,
        namespace: String(projectOf(at).number),
        resourceVersion: 'AAYXcTb8xkU',
        uid: '9f2c1f6e-5c3f-4d1a-8a54-0d0c1f6e5c3f',
      },
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/maxScale': '10' } },
          spec: {
            containerConcurrency: 80,
            containers: [
              {
                image: `europe-docker.pkg.dev/acme/shop/service@sha256:${'0123456789abcdef'.repeat(4)}`,
                env: [{ name: 'LOG_LEVEL', value: 'info' }],
                ports: [{ containerPort: 8080, name: 'http1' }],
                resources: { limits: { cpu: '1000m', memory: '512Mi' } },
              },
            ],
            serviceAccountName: 'run@acme.iam.gserviceaccount.com',
            timeoutSeconds: 300,
          },
        },
        traffic: [{ latestRevision: true, percent: 100 }],
      },
      status: {
        address: { url },
        conditions: [condition('Ready'), condition('ConfigurationsReady'), condition('RoutesReady')],
        latestReadyRevisionName: `service-${at}-00003-abc`,
        observedGeneration: 3,
        traffic: [{ latestRevision: true, percent: 100, revisionName: `service-${at}-00003-abc` }],
        url,
      },
    }),
  );
}

function policyLine(at: number): string {
  const agent = `serviceAccount:service-${projectOf(at).number}@gcp-sa-iap.iam.gserviceaccount.com`;
  const bindings = [{ role: 'roles/run.invoker', members: [agent, `user:owner-${at % 50}@example.com`] }];
  return asset(at, serviceName(at), 'run.googleapis.com/Service', {
    iam_policy: { bindings, etag: `BwYx${at}`, version: 1 },
  });
}

function instanceLine(at: number): string {
  const compute = `https://www.googleapis.com/compute/v1/projects/${projectOf(at).id}`;
  return asset(
    at,
    `//compute.googleapis.com/projects/${projectOf(at).id}/zones/europe-west1-b/instances/vm-${at}`,
    'compute.googleapis.com/Instance',
    resource(at, 'compute', {
      canIpForward: false,
      cpuPlatform: 'Intel Broadwell',
      creationTimestamp: '2026-01-01T02:00:00.000-08:00',
      disks: [{ autoDelete: true, boot: true, deviceName: `vm-${at}`, diskSizeGb: '10', index: 0, interface: 'SCSI' }],
      id: String(4_000_000_000_000 + at),
      labels: { team: `team-${at % 30}`, env: 'prod' },
      machineType: `${compute}/zones/europe-west1-b/machineTypes/e2-small`,
      metadata: { items: [{ key: 'startup-script', value: '#! /bin/bash\necho "hello"\n' }] },
      networkInterfaces: [
        { name: 'nic0', networkIP: '10.0.0.7', network: `${compute}/global/networks/default`, stackType: 'IPV4_ONLY' },
      ],
      scheduling: { automaticRestart: true, onHostMaintenance: 'MIGRATE', preemptible: false },
      status: 'RUNNING',
      tags: { fingerprint: '42WmSpB8rSM=', items: ['http-server'] },
      zone: `${compute}/zones/europe-west1-b`,
    }),
  );
}

function diskLine(at: number): string {
  const compute = `https://www.googleapis.com/compute/v1/projects/${projectOf(at).id}`;
  return asset(
    at,
    `//compute.googleapis.com/projects/${projectOf(at).id}/zones/europe-west1-b/disks/disk-${at}`,
    'compute.googleapis.com/Disk',
    resource(at, 'compute', {
      creationTimestamp: '2026-01-01T02:00:00.000-08:00',
      id: String(5_000_000_000_000 + at),
      name: `disk-${at}`,
      physicalBlockSizeBytes: '4096',
      sizeGb: '10',
      sourceImage:
        'https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20260101',
      status: 'READY',
      type: `${compute}/zones/europe-west1-b/diskTypes/pd-balanced`,
      users: [`${compute}/zones/europe-west1-b/instances/vm-${at}`],
    }),
  );
}

function serviceUsageLine(at: number): string {
  const name = `service-${at % 40}.googleapis.com`;
  return asset(
    at,
    `//serviceusage.googleapis.com/projects/${projectOf(at).id}/services/${name}`,
    'serviceusage.googleapis.com/Service',
    resource(at, 'serviceusage', { name, parent: `projects/${projectOf(at).number}`, state: 'ENABLED' }),
  );
}
