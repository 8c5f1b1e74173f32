import { listRevokes } from '../actions/revoke-invoker.ts';
import { tellGrant } from '../core/commands/grant-words.ts';
import { buildRevokeCommands, buildRevokeTerraform } from '../core/commands/revoke-commands.ts';
import { levelsOf, listInvokingGrants } from '../core/estate/access.ts';
import { exposureSeverity, type JudgedService, listJudgedServices } from '../core/estate/judged-services.ts';
import { publicMembers } from '../core/estate/public-members.ts';
import type { Inventory } from '../core/inventory.ts';
import type { FindingDraft, Rule } from './rule.ts';

/** Cloud Run's inner door is open to everybody: the usual "fix" of a 403, which takes the door off its hinges. */
export const publicInvoker: Rule = {
  id: 'public-invoker',
  evaluate: ({ inventory, paths }) =>
    listJudgedServices(inventory, paths).flatMap((judged) => evaluateService(inventory, judged)),
};

function evaluateService(inventory: Inventory, { service, via }: JudgedService): readonly FindingDraft[] {
  const all = listInvokingGrants(inventory, levelsOf(inventory, service), (member) => publicMembers.has(member));
  const place = `${service.service} in ${service.region}`;
  return [...publicMembers].flatMap(([member, who]) => {
    const grants = all.filter((grant) => grant.member === member);
    if (grants.length === 0) return [];
    const inherited = [...new Set(grants.map(({ level }) => level).filter((level) => level !== service.name))];
    // A service policy that was not read says nothing here: what is inherited is known, and is somebody else's policy.
    const isOnlyInherited = grants.every(({ level }) => level !== service.name);
    return [
      {
        severity: exposureSeverity(service),
        mode: isOnlyInherited ? 'observe' : 'approve',
        resource: service.name,
        subject: member,
        message: `${who} may invoke ${place}${service.ingress === 'all' ? ', straight from the internet' : ''}: ${member} holds an invoking role, which is never IAP's own grant.`,
        hint: buildHint(inherited, isOnlyInherited),
        want: [`no public member may invoke ${place}`],
        have: grants.map(tellGrant),
        via,
        actions: listRevokes(inventory.policies.get(service.name) ?? {}, {
          resource: service.name,
          member,
          roles: grants.filter(({ level }) => level === service.name).map(({ role }) => role),
        }),
        gcloud: buildRevokeCommands(grants),
        terraform: buildRevokeTerraform(grants),
      },
    ];
  });
}

function buildHint(inherited: readonly string[], isOnlyInherited: boolean): string {
  const first = "Give IAP's own identity roles/run.invoker on the service first, then take the public member back.";
  if (inherited.length === 0) return first;
  const where = inherited.join(', ');
  return isOnlyInherited
    ? `It is inherited from ${where}, which Sallyport never changes: take it back there. ${first}`
    : `${first} It is inherited from ${where} as well, which Sallyport never changes.`;
}
