/**
 * Where a push goes, as people are told and as a yes is bound to it: scheme, host and path. A login or a query in an endpoint
 * is often a secret, and no balancer looks at either. Empty for a text that is no web address.
 */
export function pushAddress(endpoint: string): string {
  const url = URL.parse(endpoint);
  return url ? `${url.protocol}//${url.host}${url.pathname}` : '';
}
