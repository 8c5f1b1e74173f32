/**
 * The service that a URL mask of a NEG takes from a request: `<service>` stands for a name, `<tag>` for any tag, the rest for
 * itself; a mask with a path looks at the beginning of the path. Undefined = the mask does not fit.
 */
export function matchMask(mask: string, host: string, path: string): string | undefined {
  if (mask.split('<service>').length > 2 || mask.split('<tag>').length > 2) return undefined;
  const slash = mask.indexOf('/');
  const [hostMask, pathMask] = slash === -1 ? [mask, undefined] : [mask.slice(0, slash), mask.slice(slash)];
  const byHost = hostMask === '' ? {} : matchWords(hostMask.split('.'), host.split('.'));
  if (!byHost) return undefined;
  if (pathMask === undefined) return byHost.service;
  const wanted = pathMask.split('/').slice(1);
  const byPath = matchWords(wanted, path.split('/').slice(1, 1 + wanted.length));
  return byPath && (byHost.service ?? byPath.service);
}

/** Each word of the mask against one word of the request; placeholders may have text around them. */
function matchWords(mask: readonly string[], given: readonly string[]): { readonly service?: string } | undefined {
  if (mask.length !== given.length) return undefined;
  let service: string | undefined;
  for (const [at, word] of mask.entries()) {
    const parts = word.split(/<(service|tag)>/);
    const source = parts.map((part, index) => (index % 2 === 0 ? escapeText(part) : `(?<${part}>[a-z0-9-]+)`)).join('');
    const found = new RegExp(`^${source}$`).exec(given[at] ?? '');
    if (!found) return undefined;
    service ??= found.groups?.['service'];
  }
  return service === undefined ? {} : { service };
}

function escapeText(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
