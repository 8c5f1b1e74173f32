/**
 * Where a push goes, as people are told and as a yes is bound to it: scheme, host and path. A login or a query in an endpoint
 * is often a secret, and no balancer looks at either. Empty for a text that is no web address.
 */
export function pushAddress(endpoint: string): string {
  const url = URL.parse(endpoint);
  return url ? `${url.protocol}//${url.host}${url.pathname}` : '';
}

/** Whether an address carries a login or a query: either may be a secret. */
export function mayHoldSecret(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.search + url.username + url.password + url.hash !== '';
}

/** An address, or an audience that may be one, for people: as it is, or without what may be a secret. */
export function showAddress(address: string): string {
  return mayHoldSecret(address) ? `${pushAddress(address)} (and more that is not shown)` : address;
}
