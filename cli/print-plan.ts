import pc from 'picocolors';
import { describeGrant } from '../functions/actions/grant-invoker.ts';
import type { LeftAlone, Plan, PlannedChange } from '../functions/core/plan.ts';
import { parseServiceName } from '../functions/core/resource-name.ts';
import type { Change } from '../functions/core/world.ts';

/** What would be written, one line a member. */
export function printPlan({ changes }: Plan): string {
  const title = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} planned:`;
  return [pc.bold(title), ...changes.flatMap(printPlanned)].join('\n');
}

function printPlanned({ change, trial }: PlannedChange): readonly string[] {
  return change.members.map((member) => {
    const note = trial ? pc.dim(' (on trial: IAM may refuse a client ID)') : '';
    return `  ${pc.green('+')} ${describeGrant({ resource: placeOf(change.resource), member })}${note}`;
  });
}

/** What came of one change, with the id that `undo` takes. */
export function printChange({ id, change, result }: Change): string {
  const verb = change.kind === 'add' ? 'granted' : 'removed';
  const what = `${change.members.join(', ')} on ${placeOf(change.resource)}`;
  switch (result?.outcome) {
    case 'applied':
      return `${pc.green('✔')} ${verb} ${what} ${pc.dim(id)}`;
    case 'unchanged':
      return `${pc.green('✔')} was there already: ${what}`;
    default:
      return `${pc.red('✘')} not ${verb} ${what}: ${result?.message ?? 'no result'} [${result?.code ?? 'unknown'}]`;
  }
}

const reasons: Readonly<Record<LeftAlone['why'], string>> = {
  'needs-approval': 'waits for approval',
  paused: 'writes are paused',
  'observe-only': 'is only observed',
  'capability-off': 'the capability is off; the commands are in the finding',
  'on-hold': 'is on hold after an undo',
  'limit-reached': 'is above the limit of changes',
  'client-id-on-trial': 'waits for the first answer about this client ID',
};

/** A finding that stays, and why. */
export function printLeft({ finding, why }: LeftAlone): string {
  return `${pc.yellow('left')} ${placeOf(finding.resource)} ${finding.subject}: ${reasons[why]}. ${pc.dim(finding.hint)}`;
}

/** `shop in europe-west1 (acme-prod)` for a service; any other name as it is. */
function placeOf(resource: string): string {
  const parts = parseServiceName(resource);
  return parts ? `${parts.id} in ${parts.region} (${parts.project})` : resource;
}
