/**
 * Whether an event's resource (full name) says where pushes arrive or what they carry: a subscription, a URL map, a proxy, a
 * forwarding rule. Then balancers and subscriptions are read as well, which other events are too many for (DESIGN 11).
 */
export function concernsPushes(resource: string): boolean {
  return /\/(subscriptions|urlMaps|targetHttps?Proxies|forwardingRules)\/[^/]+$/.test(resource);
}
