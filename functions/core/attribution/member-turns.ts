import { canonicalMember } from '../change/policy-edit.ts';
import { listInvokingGrants, mayInvoke } from '../estate/access.ts';
import { buildProjectName } from '../estate/resource-name.ts';
import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import { findTurn, type LogView, laterTurn, type Turn } from './find-turn.ts';
import type { LoggedChange } from './logged-change.ts';
import { isSameResource } from './same-resource.ts';

type About = Pick<Finding, 'resource' | 'subject' | 'project'>;

/** The change that took a member's right to invoke away, on the service or on its project. */
export function findLoss(finding: About, view: LogView, inventory: Inventory): Turn | undefined {
  const lost = (level: string) => findTurn(view, (change) => not(holds(change, level, finding.subject, inventory)));
  const own = lost(finding.resource);
  const above = lost(buildProjectName(finding.project));
  // An entry that merely lacks the member says less than one that is seen to have removed it.
  const sure = laterTurn(...[own, above].filter((turn) => turn?.isSure));
  return sure ?? own ?? above;
}

/** The change that gave a member the right to invoke, on the service or on its project. */
export function findGain(finding: About, view: LogView, inventory: Inventory): Turn | undefined {
  const gained = (level: string) => findTurn(view, (change) => holds(change, level, finding.subject, inventory));
  return gained(finding.resource) ?? gained(buildProjectName(finding.project));
}

/** Whether the policy of a level gives the member an invoking role after a change; undefined where it says nothing of it. */
function holds(change: LoggedChange, level: string, member: string, inventory: Inventory): boolean | undefined {
  const { kind, verb, resource, policy, deltas } = change;
  if (!isSameResource(resource, level)) return undefined;
  const wanted = canonicalMember(member);
  if (kind === 'project-policy' && deltas) {
    const last = deltas.findLast((one) => canonicalMember(one.member) === wanted && mayInvoke(one.role));
    return last && last.action === 'ADD';
  }
  // A service that is made anew has nobody in its policy.
  if (kind === 'run-service') return verb.startsWith('Create') ? false : undefined;
  if ((kind !== 'run-policy' && kind !== 'project-policy') || !policy) return undefined;
  const alone = { policies: new Map([[level, policy]]), customRoles: inventory.customRoles };
  return listInvokingGrants(alone, [level], (held) => canonicalMember(held) === wanted).length > 0;
}

function not(shown: boolean | undefined): boolean | undefined {
  return shown === undefined ? undefined : !shown;
}
