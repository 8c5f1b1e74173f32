import type { Balancers, Certificate, Frontend, UrlMap } from '../inventory.ts';
import type { ForwardingRule, TargetProxy } from './normalize/frontend-parts.ts';

export interface BalancerParts {
  readonly rules: readonly ForwardingRule[];
  readonly proxies: readonly TargetProxy[];
  readonly certificates: readonly Certificate[];
  readonly urlMaps: readonly UrlMap[];
  readonly unread: readonly string[];
}

/** Forwarding rules and the proxies behind them, one frontend each. A rule whose proxy was not read is a gap of its project. */
export function joinBalancers({ rules, proxies, certificates, urlMaps, unread }: BalancerParts): Balancers {
  const proxyOf = new Map(proxies.map((proxy) => [proxy.name, proxy]));
  const certificateOf = new Map(certificates.map((one) => [one.name, one]));
  const missing = rules.filter(({ proxy }) => !proxyOf.has(proxy)).map(({ proxy }) => proxy);
  const frontends = rules.flatMap((rule): Frontend[] => {
    const proxy = proxyOf.get(rule.proxy);
    if (!proxy) return [];
    return [
      {
        ...rule,
        protocol: proxy.protocol,
        ...(proxy.urlMap === undefined ? {} : { urlMap: proxy.urlMap }),
        ...(proxy.certificates
          ? { certificates: proxy.certificates.map((name) => certificateOf.get(name) ?? { name }) }
          : {}),
      },
    ];
  });
  const gaps = [...new Set([...unread, ...missing])];
  return { urlMaps, frontends, ...(gaps.length === 0 ? {} : { unread: gaps }) };
}
