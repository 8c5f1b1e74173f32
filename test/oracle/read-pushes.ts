import { canonicalName, type Names } from './names.ts';
import type { Json, Pushes, Subscription } from './oracle-types.ts';
import { asObject, asText, type Line } from './read-lines.ts';

const place = '//compute\\.googleapis\\.com/projects/[^/]+/(global|regions/[^/]+)';

/** The lines that stand for balancers and subscriptions (FACTS 6: UrlMap, TargetHttpsProxy, ForwardingRule, SslCertificate, Subscription). */
export function readPushes(resources: ReadonlyMap<string, Line>, names: Names): Pushes {
  const collect = (collection: string) => {
    const form = new RegExp(`^${place}/${collection}/[^/]+$`);
    const found = new Map<string, Json>();
    for (const [name, line] of resources) {
      if (form.test(name)) found.set(name, asObject(line.resource?.['data']) ?? {});
    }
    return found;
  };
  const subscriptions: Subscription[] = [];
  for (const [name, line] of resources) {
    if (!/^\/\/pubsub\.googleapis\.com\/projects\/[^/]+\/subscriptions\/[^/]+$/.test(name)) continue;
    const push = asObject(asObject(line.resource?.['data'])?.['pushConfig']) ?? {};
    const token = asObject(push['oidcToken']) ?? {};
    const endpoint = asText(push['pushEndpoint']);
    if (endpoint === '') continue;
    subscriptions.push({
      name,
      endpoint,
      account: asText(token['serviceAccountEmail']),
      audience: asText(token['audience']),
    });
  }
  return {
    urlMaps: collect('urlMaps'),
    proxies: collect('targetHttps?Proxies'),
    rules: collect('forwardingRules'),
    certificates: collect('sslCertificates'),
    subscriptions,
    canonical(link) {
      const path = /\/?(projects\/.+)$/.exec(asText(link))?.[1];
      return path === undefined ? '' : canonicalName(`//compute.googleapis.com/${path}`, names);
    },
  };
}
