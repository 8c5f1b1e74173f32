import { createHash } from 'node:crypto';
import * as z from 'zod';
import { TerminalError } from './errors.ts';

const mode = z.enum(['observe', 'approve', 'enforce']);
const capability = z.enum(['grant-invoker']);
const memberSource = z.enum(['auto', 'service-agent', 'oauth-client']);

const identity = z.strictObject({
  use: memberSource.default('auto'),
  trustedClientProjects: z.array(z.string().regex(/^\d+$/, 'a project number')).default([]),
});

/** `sallyport.yaml` (DESIGN 4 and 5). Every field has a default: an empty file is a valid one, and it grants only what consent allows. */
export const settingsSchema = z.strictObject({
  scope: z
    .strictObject({
      /** Project ids; `*` stands for any run of characters. Empty = the project the functions run in. */
      include: z.array(z.string().min(1)).default([]),
      exclude: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Per rule: the most that may happen. A finding's own mode is never raised by it. */
  modes: z.record(z.string(), mode).default({}),
  capabilities: z.array(capability).default(['grant-invoker']),
  identity: z.union([memberSource.transform((use) => identity.parse({ use })), identity]).prefault({}),
  urlMask: z.enum(['observe', 'labelled']).default('observe'),
  paused: z.boolean().default(false),
  limits: z
    .strictObject({
      changesPerRun: z.int().min(0).default(25),
      changesPerHour: z.int().min(0).default(100),
    })
    .prefault({}),
  timing: z
    .strictObject({
      /** Events of a project within one bucket become one task. Seconds. */
      bucketSeconds: z.number().min(1).max(300).default(30),
      /** Wait after a bucket's end, so that a Terraform run in flight can finish. Seconds; 2 or more keeps a coalesced task from having left already. */
      settleSeconds: z.number().min(2).max(120).default(10),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Settings from parsed YAML or JSON (undefined = all defaults). Throws `bad-settings` with the path of what is wrong. */
export function parseSettings(value: unknown, source = 'sallyport.yaml'): Settings {
  const parsed = settingsSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw new TerminalError('bad-settings', `${source}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`, {
    hint: 'See docs/settings.md for every field and its values.',
  });
}

/** Identifies the settings a run was made with; 16 hex digits. */
export function hashSettings(settings: Settings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16);
}
