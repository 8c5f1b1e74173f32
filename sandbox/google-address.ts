/** A URL as it is called from within the sandbox: Google's own APIs are on the sandbox's root URL, every other URL is itself. */
export function toSandboxUrl(url: string, rootUrl: string): string {
  const asked = new URL(url);
  if (!asked.hostname.endsWith('.googleapis.com')) return asked.href;
  return new URL(asked.pathname + asked.search, rootUrl).href;
}
