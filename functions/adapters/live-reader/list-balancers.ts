import type { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import { buildProjectName } from '../../core/estate/resource-name.ts';
import type { GoogleRead } from '../google-read.ts';
import { listAggregated } from './list-compute.ts';
import type { RawList } from './raw-list.ts';

const role = 'roles/compute.viewer';

/** What stands in front of backends, global and regional, as Compute gives it: five lists, each on its own. */
export interface RawBalancers {
  readonly urlMaps: Promise<RawList>;
  readonly httpsProxies: Promise<RawList>;
  readonly httpProxies: Promise<RawList>;
  readonly forwardingRules: Promise<RawList>;
  readonly certificates: Promise<RawList>;
}

export function listBalancers(compute: compute_v1.Compute, read: GoogleRead, project: string): RawBalancers {
  const about = (what: string) => ({ resource: buildProjectName(project), what, role });
  return {
    urlMaps: listAggregated(project, 'urlMaps', (token) =>
      read(about('the URL maps'), () => compute.urlMaps.aggregatedList({ project, ...token })),
    ),
    httpsProxies: listAggregated(project, 'targetHttpsProxies', (token) =>
      read(about('the HTTPS proxies'), () => compute.targetHttpsProxies.aggregatedList({ project, ...token })),
    ),
    httpProxies: listAggregated(project, 'targetHttpProxies', (token) =>
      read(about('the HTTP proxies'), () => compute.targetHttpProxies.aggregatedList({ project, ...token })),
    ),
    forwardingRules: listAggregated(project, 'forwardingRules', (token) =>
      read(about('the forwarding rules'), () => compute.forwardingRules.aggregatedList({ project, ...token })),
    ),
    certificates: listAggregated(project, 'sslCertificates', (token) =>
      read(about('the certificates'), () => compute.sslCertificates.aggregatedList({ project, ...token })),
    ),
  };
}
