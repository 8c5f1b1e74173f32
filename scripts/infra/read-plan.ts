import * as z from 'zod';

/** One resource as it will be; what is not known before apply is absent. */
export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const change = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  change: z.object({ actions: z.array(z.string()), after: z.record(z.string(), z.unknown()).nullable() }),
});
const plan = z.object({ resource_changes: z.array(change) });

/** Managed resources of `terraform show -json` that will be there after apply. */
export function readPlan(json: unknown): readonly PlannedResource[] {
  return plan.parse(json).resource_changes.flatMap(({ address, mode, type, change: { after } }) => {
    return mode === 'managed' && after !== null ? [{ address, type, values: after }] : [];
  });
}

/** A text inside nested blocks (`push_config.0.push_endpoint`); undefined where there is none, or none that is known. */
export function textAt({ values }: PlannedResource, path: string): string | undefined {
  let at: unknown = values;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([name]) => name === key)?.[1];
  }
  return typeof at === 'string' && at !== '' ? at : undefined;
}

/** Blocks of a kind inside a resource; empty where there is none. */
export function blocksAt({ values }: PlannedResource, name: string): readonly unknown[] {
  const blocks = values[name];
  return Array.isArray(blocks) ? blocks : [];
}
