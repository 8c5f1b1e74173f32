/**
 * How well a host pattern of a URL map fits: 0 = not at all; an exact host beats every pattern with `*`, and of those the
 * longest wins. `*` stands first, for any string of `[a-z0-9-.]`, and what follows it begins with `-` or `.` (compute.v1
 * HostRule). A port in a pattern counts only where it is the one that is asked.
 */
export function fitOfHost(pattern: string, host: string, port: number): number {
  const [, name = '', asked] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
  if (asked !== undefined && Number(asked) !== port) return 0;
  if (name === host) return Number.MAX_SAFE_INTEGER;
  if (name === '*') return 1;
  if (!/^\*[-.]/.test(name)) return 0;
  const suffix = name.slice(1);
  return host.endsWith(suffix) && /^[a-z0-9-.]+$/.test(host) ? name.length : 0;
}

/** Whether a certificate for these names covers a host: `*.example.com` stands for one label. */
export function coversHost(names: readonly string[], host: string): boolean {
  const parent = host.slice(host.indexOf('.'));
  return names.some((name) => name.toLowerCase() === host || name.toLowerCase() === `*${parent}`);
}
