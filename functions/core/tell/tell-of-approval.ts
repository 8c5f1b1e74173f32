import { describeChange } from '../../actions/index.ts';
import type { Severity } from '../finding.ts';
import type { Approval } from '../people.ts';
import type { World } from '../world.ts';
import { pickChannel } from './pick-channel.ts';

/**
 * Puts a question into the outbox, or gives its message the state it has now: the buttons stand there only while it is
 * `waiting`. To be called whenever an approval is asked, decided, expired, superseded or applied. `severity` = the gravest of its findings.
 */
export async function tellOfApproval(
  approval: Approval,
  { ledger, clock, settings }: Pick<World, 'ledger' | 'clock' | 'settings'>,
  severity: Severity = 'high',
): Promise<void> {
  const { id, project, planHash, changes, expiresAt, state, decision } = approval;
  const noticeId = `approval:${id}`;
  // Where it was asked is where it ends, whatever the settings say by now.
  const asked = await ledger.findNotice(noticeId);
  const channel = asked?.channel ?? pickChannel(settings.slack, { severity, project });
  if (channel === undefined) return;
  const content = {
    kind: 'approval',
    approvalId: id,
    planHash,
    lines: changes.map(({ change }) => describeChange(change)),
    expiresAt,
    state,
    ...(decision === undefined ? {} : { by: decision.by }),
  } as const;
  await ledger.putNotice({ id: noticeId, project, channel, content }, clock.now());
}
