import type { Cloud } from '../../sandbox/cloud.ts';
import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { GcloudRow } from './gcloud-row.ts';

/** Cloud Run rows of the gcloud client's table, in the order in which they can be played; the last ones go beyond that table. */
export function buildRunRows({
  projectId,
  iapAgent,
  regions: [r],
  thirdRegion,
  service: s,
}: ArticleEstate): GcloudRow[] {
  const key = `projects/${projectId}/locations/${r}/services/${s}`;
  const namespace = `/apis/serving.knative.dev/v1/namespaces/${projectId}/services`;
  const readPolicy = `GET run /v1/${key}:getIamPolicy?options.requestedPolicyVersion=3`;
  const readPolicyForIap = `GET run /v1/${key}:getIamPolicy`;
  const writePolicy = `POST run /v1/${key}:setIamPolicy`;
  const get = `GET ${r}-run ${namespace}/${s}`;
  const put = `PUT ${r}-run ${namespace}/${s}`;
  const isEnabled = `GET serviceusage /v1/projects/${projectId}/services/run.googleapis.com`;
  const region = ['--region', r];
  const image = '--image=gcr.io/cloudrun/hello';
  const member = ['--member=user:dev@example.com', '--role=roles/run.invoker'];
  const annotationOf = (cloud: Cloud, name: string) => cloud.runServices.get(key)?.metadata.annotations[name];
  return [
    {
      args: ['run', 'services', 'list', '--platform=managed'],
      requests: [`GET run /v1/projects/${projectId}/locations/-/services`],
      output: new RegExp(s),
    },
    { args: ['run', 'services', 'list', ...region], requests: [`GET ${r}-run ${namespace}`], output: new RegExp(s) },
    { args: ['run', 'services', 'describe', s, ...region], requests: [get], output: /https:\/\/\S+run\.app/ },
    { args: ['run', 'services', 'get-iam-policy', s, ...region], requests: [readPolicy], output: /etag/ },
    { args: ['beta', 'run', 'services', 'get-iam-policy', s, ...region], requests: [readPolicy], output: /etag/ },
    {
      args: ['run', 'services', 'add-iam-policy-binding', s, ...region, ...member],
      requests: [readPolicy, writePolicy],
      output: /user:dev@example\.com/,
      holds: (cloud) => isInvoker(cloud, key, 'user:dev@example.com'),
    },
    {
      args: ['run', 'services', 'remove-iam-policy-binding', s, ...region, ...member],
      requests: [readPolicy, writePolicy],
      output: /etag/,
      holds: (cloud) => !isInvoker(cloud, key, 'user:dev@example.com'),
    },
    { args: ['run', 'deploy', s, image, ...region, '--iap'], requests: [], code: 2, output: /alpha|beta/ },
    {
      args: ['beta', 'services', 'identity', 'create', '--service=iap.googleapis.com'],
      requests: [
        `POST serviceusage /v1beta1/projects/${projectId}/services/iap.googleapis.com:generateServiceIdentity`,
      ],
      output: new RegExp(iapAgent.replace('serviceAccount:', '')),
      holds: (cloud) => cloud.serviceAccounts.has(iapAgent.replace('serviceAccount:', '')),
    },
    {
      args: ['beta', 'run', 'deploy', s, image, ...region, '--iap', '--no-allow-unauthenticated'],
      requests: [isEnabled, get, put, readPolicyForIap, writePolicy, readPolicyForIap, writePolicy],
      holds: (cloud) =>
        isInvoker(cloud, key, iapAgent) && annotationOf(cloud, 'run.googleapis.com/iap-enabled') === 'true',
    },
    {
      args: ['beta', 'run', 'services', 'update', s, ...region, '--iap'],
      requests: [get, put, readPolicyForIap, writePolicy],
      holds: (cloud) => isInvoker(cloud, key, iapAgent),
    },
    {
      args: ['run', 'services', 'update', s, ...region, '--ingress=internal-and-cloud-load-balancing'],
      requests: [get, put],
      holds: (cloud) => annotationOf(cloud, 'run.googleapis.com/ingress') === 'internal-and-cloud-load-balancing',
    },
    {
      args: ['run', 'deploy', 'extra', image, `--region=${thirdRegion}`, '--no-allow-unauthenticated'],
      requests: [isEnabled, `GET ${thirdRegion}-run ${namespace}/extra -> 404`, `POST ${thirdRegion}-run ${namespace}`],
      holds: (cloud) => cloud.runServices.has(`projects/${projectId}/locations/${thirdRegion}/services/extra`),
    },
    {
      args: ['run', 'services', 'delete', 'extra', `--region=${thirdRegion}`],
      requests: [`DELETE ${thirdRegion}-run ${namespace}/extra`, `GET ${thirdRegion}-run ${namespace}/extra -> 404`],
      holds: (cloud) => !cloud.runServices.has(`projects/${projectId}/locations/${thirdRegion}/services/extra`),
    },
  ];
}

function isInvoker(cloud: Cloud, key: string, member: string): boolean {
  return (cloud.policies.get(key)?.bindings ?? []).some(
    ({ role, members }) => role === 'roles/run.invoker' && members?.includes(member),
  );
}
