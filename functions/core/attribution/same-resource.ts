/** Whether an entry's resource is this one; a project written as a number is the one project whose log was read. */
export function isSameResource(logged: string, resource: string): boolean {
  if (logged === resource) return true;
  const [, before, rest] = /^(.*\/projects\/)\d+(\/.*|)$/.exec(logged) ?? [];
  if (before === undefined || rest === undefined || !resource.startsWith(before)) return false;
  return resource.slice(before.length).replace(/^[^/]+/, '') === rest;
}
