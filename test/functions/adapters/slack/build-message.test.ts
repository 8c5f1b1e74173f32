import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildMessage } from '../../../../functions/adapters/slack/build-message.ts';
import type { ApprovalState, NoticeContent } from '../../../../functions/core/people.ts';
import { findBlockFault } from '../../../../sandbox/slack/check-blocks.ts';
import { approvalContent, findingContent } from '../../../support/slack-lab.ts';

const build = (content: NoticeContent) => buildMessage({ project: 'acme-prod', content });
const textOf = (content: NoticeContent) => JSON.stringify(build(content).blocks);
const buttons = (content: NoticeContent) => build(content).blocks.filter(({ type }) => type === 'actions');

/** All strings that Slack shows. */
function strings(content: NoticeContent): readonly string[] {
  const { text, blocks } = build(content);
  const objects: { type: string; text: string }[] = [];
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && 'text' in value) {
      if (typeof value.text === 'string') objects.push({ type: String(value.type), text: value.text });
    }
    return value;
  });
  return [text, ...objects.map((one) => one.text)];
}

/** What Slack reads as markup in them. */
function markup(content: NoticeContent): readonly string[] {
  return strings(content).flatMap((one) => one.match(/<[^>]*>/g) ?? []);
}

const ours =
  /<!date\^\d+\^[^|>]*\|[^>]*>|<https:\/\/(?:console\.cloud\.google\.com|storage\.example)\/[^|>]*\|[^|>]*>/g;

const attack =
  '<!channel> <@U123> <https://evil.example|click> @here #general *bold* _it_ ~no~ `code` ``` :skull: &lt; \u202egnp.exe \u0000 \u001b[2J';

const everyKind: readonly NoticeContent[] = [
  findingContent({
    message: attack,
    hint: attack,
    subject: attack,
    resource: attack,
    rule: attack,
    actor: attack,
    resolvedBy: attack,
    notes: [attack],
    gcloud: [attack],
    terraform: attack,
  }),
  findingContent({ message: attack, state: 'fixed', terraform: attack, resolvedAt: 1_800_000_180_000 }),
  approvalContent({ lines: [attack], by: attack }),
  { kind: 'digest', title: attack, lines: [attack] },
  { kind: 'report', title: attack, url: 'https://storage.example/a|<!channel>?x=1&y=2', lines: [attack] },
  { kind: 'alert', severity: 'critical', title: attack, lines: [attack] },
];

describe('a Slack message', () => {
  for (const content of everyKind) {
    it(`lets no foreign text of kind ${content.kind} mention, link, format or hide anything`, () => {
      for (const text of strings(content)) {
        assert.doesNotMatch(text.replaceAll(ours, ''), /[<>]|&(?!(amp|lt|gt);)/, 'nothing but our own is markup');
      }
      for (const hidden of ['\u202e', '\u0000', '\u001b']) assert.ok(!JSON.stringify(build(content)).includes(hidden));
      assert.equal(findBlockFault(build(content).blocks), undefined);
      for (const block of build(content).blocks) {
        const texts =
          'text' in block ? [block.text] : 'fields' in block ? block.fields : 'elements' in block ? block.elements : [];
        for (const one of texts) {
          if (one.type !== 'mrkdwn') continue;
          assert.equal(one.verbatim, true);
          // Foreign text stands in code only: outside of it, our own words.
          const outside = one.text.replaceAll(/```[\s\S]*?```|`[^`]*`|<[^>]*>/g, '');
          assert.doesNotMatch(outside, /channel|bold|skull|@|`/);
        }
      }
    });
  }

  it('carries no credential, wherever one stands', () => {
    const secrets = ['ya29.a0secret', 'GOCSPX-secretsecret', 'xoxb-123456789-secret', 'Bearer abcdef'];
    const text = secrets.join(' ');
    for (const content of [
      findingContent({ message: text, notes: [text], gcloud: [text], terraform: text, subject: text }),
      approvalContent({ lines: [text] }),
      { kind: 'alert', severity: 'high', title: text, lines: [text] } as const,
    ]) {
      for (const secret of secrets) assert.ok(!JSON.stringify(build(content)).includes(secret), secret);
    }
  });

  it('stays within Slack’s limits whatever is in it', () => {
    const foreign = fc.oneof(
      fc.string({ maxLength: 6000, unit: 'binary' }),
      fc.constantFrom('&'.repeat(5000), '<'.repeat(3000), 'a'.repeat(9000)),
    );
    const lines = fc.array(foreign, { maxLength: 80 });
    const content = fc.oneof(
      fc
        .record({
          message: foreign,
          hint: foreign,
          subject: foreign,
          rule: foreign,
          notes: lines,
          gcloud: lines,
          terraform: foreign,
        })
        .map((over) => findingContent(over)),
      lines.map((all) => approvalContent({ lines: all })),
      fc.record({ title: foreign, lines }).map((parts) => ({ kind: 'digest', ...parts }) as const),
    );
    fc.assert(
      fc.property(content, (one) => {
        const { blocks, text } = build(one);
        assert.equal(findBlockFault(blocks), undefined);
        assert.ok(text.length <= 1000);
      }),
      { numRuns: 25 },
    );
  });

  it('says of an open finding what, where, what to do and how', () => {
    const text = textOf(findingContent({ actor: 'ann@acme.example' }));
    for (const part of [
      'HIGH: iap-invoker-missing',
      'users get a 403',
      'acme-prod',
      'ann@acme.example',
      'Grant it.',
      'gcloud run services',
    ])
      assert.ok(text.includes(part), part);
    assert.ok(
      text.includes('https://console.cloud.google.com/run/detail/europe-west1/shop/security?project=acme-prod'),
    );
    assert.ok(!text.includes('So that the next terraform'));
  });

  it('says of a fixed finding what was done, and gives the Terraform that keeps it', () => {
    const terraform = 'resource "google_cloud_run_v2_service_iam_member" "iap" {\n}';
    const content = findingContent({
      state: 'fixed',
      notes: ['Done: grant roles/run.invoker'],
      terraform,
      resolvedAt: 1_800_000_000_500,
    });
    const text = textOf(content);
    for (const part of ['Fixed: iap-invoker-missing', 'Done: grant', 'google_cloud_run_v2_service_iam_member'])
      assert.ok(text.includes(part), part);
    assert.ok(!text.includes('Grant it.'));
  });

  it('has buttons for a waiting question only, and they carry the question and the hash of its list', () => {
    const [block] = buttons(approvalContent());
    assert.ok(block?.type === 'actions');
    assert.deepEqual(
      block.elements.map(({ action_id, value, confirm }) => [action_id, JSON.parse(value), confirm.deny.text]),
      ['sallyport-approve', 'sallyport-reject'].map((id) => [
        id,
        { approvalId: '0123456789abcdef-kz3x', planHash: 'ab'.repeat(32) },
        'Cancel',
      ]),
    );
    const over: ApprovalState[] = ['approved', 'rejected', 'expired', 'superseded', 'applied', 'outdated'];
    for (const state of over) assert.deepEqual(buttons(approvalContent({ state })), []);
  });

  it('offers no button for a list that it cannot show whole', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(2000)}`);
    assert.deepEqual(buttons(approvalContent({ lines })), []);
    assert.ok(textOf(approvalContent({ lines })).includes('sallyport approve 0123456789abcdef-kz3x'));
    // A line that is too long for a section would be shown in part.
    assert.deepEqual(buttons(approvalContent({ lines: ['x'.repeat(4000)] })), []);
  });

  it('links a report by https only, and the link cannot be ended from inside', () => {
    const link = (url: string) => markup({ kind: 'report', title: 't', url, lines: [] });
    assert.deepEqual(link('https://storage.example/r|x>y'), ['<https://storage.example/r%7Cx%3Ey|Open the report>']);
    assert.deepEqual(link('javascript:alert(1)'), []);
    assert.deepEqual(link('no url'), []);
  });

  it('has no buttons where a name looks like a credential: what is not shown is not approved by a press', () => {
    const content = approvalContent({ lines: ['grant roles/run.invoker on //run/services/xoxb-12345678 to x'] });
    assert.ok(textOf(content).includes('[removed]'));
    assert.deepEqual(buttons(content), []);
    assert.match(textOf(content), /sallyport approve /);
  });
});
