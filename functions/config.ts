import { createHash } from 'node:crypto';
import * as z from 'zod';
import { TerminalError } from './errors.ts';
import { contractRules } from './rules/contract-rules.ts';

const mode = z.enum(['observe', 'approve', 'enforce']);
const capability = z.enum([
  'grant-invoker',
  'revoke-invoker',
  'restrict-ingress',
  'set-push-audience',
  'grant-iap-accessor',
  'add-custom-audience',
  'create-service-identity',
]);
const ruleId = z.enum(contractRules.map(({ id }) => id) as [string, ...string[]]);
const modes = z.partialRecord(z.union([ruleId, z.literal('*')]), mode);
const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
const memberSource = z.enum(['auto', 'service-agent', 'oauth-client']);

// Each schema that is made costs a cold start; those that are used more than once are made once.
const text = z.string().min(1);
const texts = z.array(text);
const noTexts = texts.default([]);
const channel = z.string().regex(/^[CGD][A-Z0-9]+$/, 'a Slack channel id (C…)');

const identity = z.strictObject({
  use: memberSource.default('auto'),
  trustedClientProjects: z.array(z.string().regex(/^\d+$/, 'a project number')).default([]),
});

/** `sallyport.yaml` (DESIGN 4 and 5). Every field has a default: an empty file is a valid one, and it grants only what consent allows. */
export const settingsSchema = z.strictObject({
  scope: z
    .strictObject({
      /** Project ids; `*` stands for any run of characters. Empty = the project the functions run in. */
      include: noTexts,
      exclude: noTexts,
    })
    .prefault({}),
  /** Per rule (`*` = all others): the most that may happen. A finding's own mode is never raised by it. */
  modes: modes.default({}),
  /** The same for a part of the estate; of all that match a finding, the last one decides. */
  scopes: z
    .array(
      z.strictObject({
        projects: texts.optional(),
        /** Folder numbers; a project below one at any depth is in it. */
        folders: z.array(z.string().regex(/^\d+$/, 'a folder number')).optional(),
        /** Labels of the service; all must match. */
        labels: z.record(z.string(), z.string()).optional(),
        modes,
      }),
    )
    .default([]),
  /** Findings that somebody has decided to live with until a day. */
  exemptions: z
    .array(
      z
        .strictObject({
          rule: ruleId,
          /** Full resource name; `*` stands for any run of characters. */
          resource: text,
          subject: text.optional(),
          reason: text,
          owner: text,
          /** The first day on which it no longer holds (UTC). */
          expires: z.iso.date(),
        })
        .transform((exemption) => ({ ...exemption, expiresAt: Date.parse(exemption.expires) })),
    )
    .default([]),
  capabilities: z.array(capability).default(['grant-invoker']),
  identity: z.union([memberSource.transform((use) => identity.parse({ use })), identity]).prefault({}),
  urlMask: z.enum(['observe', 'labelled']).default('observe'),
  /** Where people are told; absent = nobody is told on Slack. The token is no setting: `SLACK_BOT_TOKEN`. */
  slack: z
    .strictObject({
      /** Channel id of whatever no route takes. */
      channel,
      /** The first that matches takes the message. */
      routes: z
        .array(
          z.strictObject({
            severities: z.array(severity).optional(),
            /** Project ids; `*` stands for any run of characters. */
            projects: texts.optional(),
            channel,
          }),
        )
        .default([]),
      /** Slack user ids (`U…`) that may answer a question with a button. */
      approvers: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'a Slack user id (U…)')).default([]),
      /** Where one run opens more findings than this, one digest tells of them. */
      digestAbove: z.int().min(1).default(10),
    })
    .optional(),
  approval: z
    .strictObject({
      /** How long a question waits for its answer. Hours. */
      expiresHours: z.number().min(0.001).max(720).default(24),
    })
    .prefault({}),
  /** How long the ledger remembers what has ended. Days. */
  retentionDays: z.int().min(30).max(3650).default(400),
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
      /** How old a grant must be before anything is shut that users may have come through until then. Seconds; below 600 only where IAM forgets quicker, as in the sandbox. */
      propagationSeconds: z.number().min(0).max(86_400).default(600),
      /** How long a finding must have been open before anything is removed for it. Seconds. */
      removalSettleSeconds: z.number().min(0).max(86_400).default(300),
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
