import { isSameMember } from '../core/change/policy-edit.ts';
import { buildGrantCommand, buildGrantTerraform } from '../core/commands/grant-commands.ts';
import { tellGrant } from '../core/commands/grant-words.ts';
import { buildRevokeCommands, buildRevokeTerraform } from '../core/commands/revoke-commands.ts';
import { levelsOf, listInvokingGrants, readAccess } from '../core/estate/access.ts';
import { consentLabel } from '../core/estate/consent.ts';
import { buildProjectName } from '../core/estate/resource-name.ts';
import type { WantedIdentity } from '../core/estate/wanted-identities.ts';
import { compareText } from '../core/finding.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** IAP's identity may invoke a whole project: whoever may make an IAP backend can open every service there. */
export const broadIapInvoker: Rule = {
  id: 'broad-iap-invoker',
  evaluate: (estate) =>
    [...Map.groupBy(estate.wanted, ({ service, member }) => `${service.project} ${member}`).values()].flatMap((group) =>
      evaluateGroup(estate, group),
    ),
};

/** One principal, and all services of one project that it is wanted on: what is above them is the same. */
function evaluateGroup({ inventory }: Estate, group: readonly WantedIdentity[]): readonly FindingDraft[] {
  const [first] = group;
  if (!first) return [];
  const { member, service } = first;
  const above = levelsOf(inventory, service).slice(1);
  const grants = listInvokingGrants(inventory, above, (held) => isSameMember(held, member)).filter(
    ({ condition }) => condition === undefined,
  );
  if (grants.length === 0) return [];
  const levels = [...new Set(grants.map(({ level }) => level))].join(', ');
  const lacking = group.filter((one) => lacksOwnGrant(inventory, one));
  return [
    {
      severity: 'medium',
      mode: 'observe',
      resource: buildProjectName(service.project),
      subject: member,
      message: `${member} may invoke every service in ${service.project}, by ${levels}: any IAP backend of its project opens them all.`,
      hint: 'Grant it on each service that IAP is to enter, then take the wide grant back; Sallyport never changes policies above a service.',
      want: [`${member} holds roles/run.invoker on the services behind IAP, one by one`],
      have: grants.map(tellGrant),
      via: [...new Set(group.flatMap(({ via }) => via))].sort(compareText),
      actions: [],
      gcloud: [
        ...lacking.map((one) => buildGrantCommand(one.service, member, inventory.policies.get(one.service.name))),
        ...buildRevokeCommands(grants),
      ],
      terraform: [
        ...lacking.map((one) => buildGrantTerraform(one.service, member, one.kind)),
        buildRevokeTerraform(grants),
      ].join('\n'),
    },
  ];
}

/** Whether the service would be shut to IAP without the wide grant, against its owner's word or without it. */
function lacksOwnGrant(inventory: Estate['inventory'], { service, member }: WantedIdentity): boolean {
  if (service.labels[consentLabel] === 'deny') return false;
  return !readAccess(inventory, service, member).grantedOn.includes(service.name);
}
