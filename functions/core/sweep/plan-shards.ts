/** Projects that one branch of the workflow looks at one after the other. */
const shardSize = 10;

/** Portions of at most ten projects, each project once, in order: what the workflow looks at side by side. */
export function planShards(projects: readonly string[]): readonly (readonly string[])[] {
  const all = [...new Set(projects)].sort();
  return Array.from({ length: Math.ceil(all.length / shardSize) }, (_, index) =>
    all.slice(index * shardSize, (index + 1) * shardSize),
  );
}
