import { type Severity, severityRank } from '../finding.ts';
import type { Approval } from '../people.ts';
import { tellOfApproval } from '../tell/tell-of-approval.ts';
import type { World } from '../world.ts';

/** The message of a question as the question stands now; it goes where its gravest finding goes. Nobody hears of the end of a question that nobody heard of. */
export async function tellApproval(
  approval: Approval,
  world: Pick<World, 'ledger' | 'clock' | 'settings'>,
): Promise<void> {
  if (world.settings.slack === undefined) return;
  const isKnown = (await world.ledger.findNotice(`approval:${approval.id}`)) !== undefined;
  if (isKnown) return tellOfApproval(approval, world);
  if (approval.state === 'waiting') await tellOfApproval(approval, world, await findSeverity(approval, world.ledger));
}

async function findSeverity({ project, changes }: Approval, ledger: World['ledger']): Promise<Severity> {
  const ids = new Set(changes.flatMap(({ findingIds }) => findingIds));
  const [gravest = 'high'] = (await ledger.openFindings(project))
    .filter(({ finding }) => ids.has(finding.id))
    .map(({ finding }) => finding.severity)
    .sort((a, b) => severityRank[a] - severityRank[b]);
  return gravest;
}
