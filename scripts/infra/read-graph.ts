/** What each resource of a configuration waits for, directly or through others: address without indexes -> addresses. */
export type ResourceGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads what `terraform graph` prints: resources, and which of them come first. */
export function readGraph(dot: string): ResourceGraph {
  const direct = new Map<string, string[]>();
  for (const [, address = ''] of dot.matchAll(/^\s*"([^"]+)" \[label=/gm)) direct.set(address, []);
  for (const [, from = '', to = ''] of dot.matchAll(/^\s*"([^"]+)" -> "([^"]+)";/gm)) direct.get(from)?.push(to);
  return new Map([...direct.keys()].map((address) => [address, reach(address, direct)]));
}

function reach(from: string, direct: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const rest = [...(direct.get(from) ?? [])];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    rest.push(...(direct.get(next) ?? []));
  }
  return seen;
}
