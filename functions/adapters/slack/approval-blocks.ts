import type { NoticeContent } from '../../core/people.ts';
import { removeCredentials } from '../scrub.ts';
import { type ButtonElement, lineSections, mrkdwn, plain, type SlackBlock, sectionLimit } from './blocks.ts';
import { showTime } from './finding-blocks.ts';
import { codeSpan, plainText } from './mrkdwn.ts';

type Content = Extract<NoticeContent, { kind: 'approval' }>;

const approveAction = 'sallyport-approve';
const rejectAction = 'sallyport-reject';

/** More than this is not shown, and what is not shown cannot be approved by a button. */
const mostSections = 30;

/** A question with its exact list, and buttons while it waits for the answer; afterwards the answer, and no button. */
export function buildApprovalBlocks(content: Content, project: string): SlackBlock[] {
  const { approvalId, lines, expiresAt, state } = content;
  const shown = lines.map((line) => `• ${plainText(line)}`);
  const sections = lineSections(shown);
  // A name may have the form of a credential; it is masked, and so nobody sees what it names.
  const isMasked = lines.some((line) => removeCredentials(line) !== line);
  const isWhole = !isMasked && sections.length <= mostSections && shown.every(({ length }) => length <= sectionLimit);
  const title = `${state === 'waiting' ? 'May Sallyport do this' : describeAnswer(content)}: ${count(lines.length)} in ${project}`;
  const byCommand = plain(
    `The list ${isMasked ? 'has something that looks like a credential' : 'is too long'} and cannot be shown whole, so it has no buttons: sallyport approve ${approvalId}`,
  );
  const until = state === 'waiting' ? [`Waits until ${showTime(expiresAt)}`] : [];
  return [
    { type: 'header', text: plain(plainText(title), 150) },
    ...sections.slice(0, mostSections),
    ...(isWhole ? [] : [{ type: 'section', text: byCommand } as const]),
    ...(state === 'waiting' && isWhole ? [buildButtons(content)] : []),
    {
      type: 'context',
      elements: [mrkdwn([...until, ...answeredBy(content), `id ${codeSpan(approvalId)}`].join(' · '))],
    },
  ];
}

function buildButtons({ approvalId, planHash, lines }: Content): SlackBlock {
  const value = JSON.stringify({ approvalId, planHash });
  const button = (action_id: string, word: string, style: ButtonElement['style'], text: string): ButtonElement => ({
    type: 'button',
    action_id,
    text: plain(word, 75),
    style,
    value,
    confirm: {
      title: plain(`${word}?`, 100),
      text: plain(text, 300),
      confirm: plain(word, 30),
      deny: plain('Cancel', 30),
    },
  });
  return {
    type: 'actions',
    block_id: `approval:${approvalId}`.slice(0, 255),
    elements: [
      button(
        approveAction,
        'Approve',
        'primary',
        `Sallyport makes exactly ${count(lines.length)} and says who approved.`,
      ),
      button(rejectAction, 'Reject', 'danger', 'Nothing is changed; the findings stay open.'),
    ],
  };
}

function describeAnswer({ state }: Content): string {
  switch (state) {
    case 'waiting':
      return 'Waiting';
    case 'approved':
      return 'Approved';
    case 'rejected':
      return 'Rejected';
    case 'expired':
      return 'Expired without an answer';
    case 'superseded':
      return 'Replaced, because something else is to be done now';
    case 'applied':
      return 'Approved and done';
    case 'outdated':
      return 'Approved, but nothing of it was needed any more';
  }
}

function answeredBy({ by }: Content): readonly string[] {
  return by === undefined ? [] : [`Answered by ${codeSpan(by)}`];
}

function count(changes: number): string {
  return changes === 1 ? '1 change' : `${changes} changes`;
}
