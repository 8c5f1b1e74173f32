import { describeExemption, type Exemption, hashExemption } from '../settings/review-exemptions.ts';
import type { World } from '../world.ts';
import { pickChannel } from './pick-channel.ts';

/** Tells once of each exemption that ends soon, while its findings are still quiet. Nobody without settings of Slack. */
export async function tellOfExemptions(
  project: string,
  ending: readonly Exemption[],
  { ledger, clock, settings }: Pick<World, 'ledger' | 'clock' | 'settings'>,
): Promise<void> {
  const severity = 'medium';
  const channel = pickChannel(settings.slack, { severity, project });
  if (channel === undefined) return;
  for (const exemption of ending) {
    const id = `alert:exemption:${hashExemption(exemption)}:${exemption.expires}`;
    if (await ledger.findNotice(id)) continue;
    const content = {
      kind: 'alert',
      severity,
      title: `An exemption in ${project} ends on ${exemption.expires}`,
      lines: [
        describeExemption(exemption),
        `Reason: ${exemption.reason}`,
        'Then the finding is back. Mend it, or change expires in sallyport.yaml with its owner.',
      ],
    } as const;
    await ledger.putNotice({ id, project, channel, content }, clock.now());
  }
}
