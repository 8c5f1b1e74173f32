import { listRevokes } from '../actions/revoke-invoker.ts';
import { canonicalMember } from '../core/change/policy-edit.ts';
import { tellGrant } from '../core/commands/grant-words.ts';
import { buildRevokeCommands, buildRevokeTerraform } from '../core/commands/revoke-commands.ts';
import { type InvokingGrant, listInvokingGrants } from '../core/estate/access.ts';
import { type JudgedService, listJudgedServices } from '../core/estate/judged-services.ts';
import type { Inventory } from '../core/inventory.ts';
import type { FindingDraft, Rule } from './rule.ts';

/** Roles that are given for invoking alone; developers and administrators hold the wider ones for other reasons. */
const directRoles: ReadonlySet<string> = new Set(['roles/run.invoker', 'roles/run.servicesInvoker']);

/** People hold the inner door's key: they get in by IAP's accessor role, and need none. */
export const directInvoker: Rule = {
  id: 'direct-invoker',
  evaluate: ({ inventory, paths }) =>
    listJudgedServices(inventory, paths).flatMap((judged) => evaluateService(inventory, judged)),
};

function evaluateService(inventory: Inventory, { service, via }: JudgedService): readonly FindingDraft[] {
  const place = `${service.service} in ${service.region}`;
  return [...groupByMember(inventory, service.name)].map(([member, grants]) => ({
    severity: 'medium',
    mode: 'approve',
    resource: service.name,
    subject: member,
    message: `${member} may invoke ${place} itself, past IAP.`,
    hint: "People go through IAP: give them roles/iap.httpsResourceAccessor on the backend (or on the service, with direct IAP), and take the invoker's role back.",
    want: [`only identities of machines may invoke ${place}`],
    have: grants.map(tellGrant),
    via,
    actions: listRevokes(inventory.policies.get(service.name) ?? {}, {
      resource: service.name,
      member,
      roles: [...directRoles],
    }),
    gcloud: buildRevokeCommands(grants),
    terraform: buildRevokeTerraform(grants),
  }));
}

/** By the member with its e-mail in lower case, as findings name it. */
function groupByMember(inventory: Inventory, level: string): ReadonlyMap<string, readonly InvokingGrant[]> {
  const grants = listInvokingGrants(inventory, [level], (member) => /^(user|group|domain):/.test(member));
  return Map.groupBy(
    grants.filter(({ role }) => directRoles.has(role)),
    ({ member }) => canonicalMember(member),
  );
}
