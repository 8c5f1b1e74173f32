import type { ApiMethod } from './api.ts';

export interface RouteMatch {
  readonly method: ApiMethod;
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (verb: string, host: string, path: string) => RouteMatch | undefined;

/**
 * Finds the method for a request. A host of Google's (`run.googleapis.com`, `us-central1-run.googleapis.com`) narrows the
 * search to that API; loopback and `www.googleapis.com` are routed by path alone.
 */
export function buildRouter(methods: readonly ApiMethod[]): Router {
  const routes = methods.map((method) => ({
    method,
    pattern: compilePath(method.path),
    api: method.document.split('.')[0],
  }));
  routes.sort((a, b) => Number(a.method.path.includes('{+')) - Number(b.method.path.includes('{+')));
  return (verb, host, path) => {
    const api = apiOfHost(host);
    for (const route of routes) {
      if (route.method.verb !== verb || (api !== undefined && route.api !== api)) continue;
      const found = route.pattern.exec(path);
      if (found) return { method: route.method, params: decodeParams(found.groups ?? {}) };
    }
    return undefined;
  };
}

/** The API a host name stands for; undefined = any. A host that is neither Google's nor loopback names an API that does not exist. */
function apiOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (name === '127.0.0.1' || name === 'localhost' || name === '[::1]' || name === 'www.googleapis.com')
    return undefined;
  return /^(?:[a-z0-9-]+-)?([a-z]+)\.googleapis\.com$/.exec(name)?.[1] ?? name;
}

function compilePath(path: string): RegExp {
  const source = path
    .split(/(\{\+?\w+\})/)
    .map((part) => {
      const [, plus, name] = /^\{(\+?)(\w+)\}$/.exec(part) ?? [];
      if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return plus ? `(?<${name}>[^:]+)` : `(?<${name}>[^/:]+)`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

function decodeParams(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeSegment(value)]));
}

function decodeSegment(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    if (cause instanceof URIError) return value;
    throw cause;
  }
}
