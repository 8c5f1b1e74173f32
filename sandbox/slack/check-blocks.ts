import * as z from 'zod';

const text = (most: number, least = 1) => z.string().min(least).max(most);
const plainText = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.boolean().optional() });
const mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(most), verbatim: z.boolean().optional() });
const anyText = (most: number) => z.union([plainText(most), mrkdwn(most)]);
const blockId = text(255).optional();

const button = z.strictObject({
  type: z.literal('button'),
  action_id: text(255).optional(),
  text: plainText(75),
  value: text(2000).optional(),
  url: text(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z
    .strictObject({
      title: plainText(100),
      text: plainText(300),
      confirm: plainText(30),
      deny: plainText(30),
      style: z.enum(['primary', 'danger']).optional(),
    })
    .optional(),
});

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), block_id: blockId, text: plainText(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      block_id: blockId,
      text: anyText(3000).optional(),
      fields: z.array(anyText(2000)).min(1).max(10).optional(),
    })
    .refine((section) => section.text !== undefined || section.fields !== undefined, 'needs text or fields'),
  z.strictObject({ type: z.literal('context'), block_id: blockId, elements: z.array(anyText(3000)).min(1).max(10) }),
  z.strictObject({ type: z.literal('actions'), block_id: blockId, elements: z.array(button).min(1).max(25) }),
  z.strictObject({ type: z.literal('divider'), block_id: blockId }),
]);

/** What is wrong with the blocks of a message, as Slack's `response_metadata.messages` say it; undefined = nothing. */
export function findBlockFault(blocks: unknown): readonly string[] | undefined {
  const parsed = z.array(block).max(50).safeParse(blocks);
  if (parsed.success) {
    const ids = parsed.data.flatMap((one) => one.block_id ?? []);
    const actions = parsed.data.flatMap((one) => (one.type === 'actions' ? one.elements : []));
    const actionIds = actions.flatMap(({ action_id }) => action_id ?? []);
    if (new Set(ids).size < ids.length) return ['[ERROR] block_id already exists'];
    return new Set(actionIds).size < actionIds.length ? ['[ERROR] `action_id` already exists'] : undefined;
  }
  return parsed.error.issues.map(({ message, path }) => `[ERROR] ${message} [json-pointer:/blocks/${path.join('/')}]`);
}
