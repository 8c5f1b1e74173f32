import pc from 'picocolors';
import { describeChange } from '../functions/actions/index.ts';
import { type Change, type ChangeRequest, shutsDoor } from '../functions/core/change/change.ts';
import { buildHandBack, buildHandBacks } from '../functions/core/commands/hand-back.ts';
import { parseServiceName, projectOf } from '../functions/core/estate/resource-name.ts';
import type { LeftAlone, Plan } from '../functions/core/plan/plan.ts';
import type { PlannedChange } from '../functions/core/plan/planned-change.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';

/** What would be written, one line a member. */
export function printPlan({ changes }: Plan): string {
  const title = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} planned:`;
  return [pc.bold(title), ...changes.flatMap(printPlanned)].join('\n');
}

function printPlanned({ change, trial }: PlannedChange): readonly string[] {
  const place = placeOf(change.resource);
  if (change.kind !== 'add')
    return [`  ${shutsDoor(change) ? pc.yellow('-') : pc.green('+')} ${describeAt(change, place)}`];
  return change.members.map((member) => {
    const note = trial ? pc.dim(' (on trial: IAM may refuse a client ID)') : '';
    return `  ${pc.green('+')} ${describeAt({ ...change, members: [member] }, place)}${note}`;
  });
}

/** What came of one change, with the id that `undo` takes. */
export function printChange({ id, change, result, approvedBy }: Change): string {
  const [verb, what] = wordsFor(change);
  const approval = approvedBy === undefined ? '' : ` (approved by ${escapeTerminal(approvedBy)})`;
  switch (result?.outcome) {
    case 'applied':
      return `${pc.green('✔')} ${verb} ${what}${approval} ${pc.dim(id)}`;
    case 'unchanged':
      return `${pc.green('✔')} was there already: ${what}`;
    default:
      return `${pc.red('✘')} not ${verb} ${what}: ${result?.message ?? 'no result'} [${result?.code ?? 'unknown'}]`;
  }
}

/** The Terraform of the grants that were made, or where it is to be had when there are many; empty without a grant. */
export function printHandBack(changes: readonly Change[], most = 3): string {
  const grants = changes.filter((change) => buildHandBack(change) !== undefined);
  const text = buildHandBacks(grants);
  if (text === undefined) return '';
  if (grants.length > most) {
    return 'So that Terraform keeps these grants: sallyport undo --list --terraform > iap-invokers.tf\n';
  }
  return `So that Terraform keeps ${grants.length === 1 ? 'this grant' : 'these grants'}, put into your code:\n\n${escapeLines(text)}`;
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeTerminal).join('\n');
}

/** IAM's answer to a client ID on trial: no fault, and nothing is left to do. */
export function printRefused(clientId: string): string {
  return `${pc.dim('–')} IAM takes no client ID as a member: ${clientId}. The service agent alone is used; asked again in 30 days.`;
}

function wordsFor(change: ChangeRequest): readonly [verb: string, what: string] {
  const place = placeOf(change.resource);
  switch (change.kind) {
    case 'add':
      return ['granted', `${change.members.join(', ')} on ${place}`];
    case 'remove':
      return ['removed', `${change.members.join(', ')} on ${place}`];
    case 'ingress':
      return ['set', `the ingress of ${place} to ${change.ingress}`];
    case 'push-audience':
      return ['set', `the push audience of ${place} to ${change.audience ?? 'its endpoint'}`];
    case 'custom-audience':
      return [change.undoes === undefined ? 'added' : 'removed', `the custom audience ${change.audience} on ${place}`];
    case 'service-identity':
      return ['created', `the service agent of ${change.service} in ${projectOf(change.resource)}`];
  }
}

function describeAt(change: ChangeRequest, place: string): string {
  return describeChange(change).replace(change.resource, place);
}

const reasons: Readonly<Record<LeftAlone['why'], string>> = {
  'needs-approval': 'waits for approval',
  paused: 'writes are paused',
  'observe-only': 'is only observed',
  'capability-off': 'the capability is off; the commands are in the finding',
  'out-of-scope': 'is in another project, which the scope does not name',
  'on-hold': 'is on hold after an undo',
  contested: 'is left alone: others have undone the same change three times in 24 hours',
  'limit-reached': 'is above the limit of changes',
  'client-id-on-trial': 'waits for the first answer about this client ID',
  'after-grants': 'waits until the grants are made',
  'other-function': 'is for the function that has this capability',
  'not-all-read': 'waits: something of the project could not be read, and might need it',
  'grant-first': "waits: IAP's identity needs a grant on the service itself first",
  'grant-too-young': "waits until IAP's grant is old enough to hold everywhere",
  settling: 'waits until the finding has stood for a while',
};

/** A finding that stays, and why. */
export function printLeft({ finding, why, until }: LeftAlone): string {
  const when = until === undefined ? '' : `, from ${new Date(until).toISOString()} on`;
  return `${pc.yellow('left')} ${placeOf(finding.resource)} ${finding.subject}: ${reasons[why]}${when}. ${pc.dim(finding.hint)}`;
}

/** `shop in europe-west1 (acme-prod)` for a service; any other name as it is. */
function placeOf(resource: string): string {
  const parts = parseServiceName(resource);
  return parts ? `${parts.id} in ${parts.region} (${parts.project})` : resource;
}
