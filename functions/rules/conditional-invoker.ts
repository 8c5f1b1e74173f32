import { buildGrantCommand, buildGrantTerraform } from '../core/commands/grant-commands.ts';
import { tellGrant } from '../core/commands/grant-words.ts';
import { readAccess } from '../core/estate/access.ts';
import type { WantedIdentity } from '../core/estate/wanted-identities.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** IAP may enter under a condition only, so some requests get a 403 and others do not. */
export const conditionalInvoker: Rule = {
  id: 'conditional-invoker',
  evaluate: (estate) => estate.wanted.flatMap((wanted) => evaluateIdentity(estate, wanted)),
};

function evaluateIdentity(
  { inventory }: Estate,
  { service, member, kind, via }: WantedIdentity,
): readonly FindingDraft[] {
  if (service.invokerIamDisabled) return [];
  // An unconditional grant may stand in a policy that was not read.
  const policy = inventory.policies.get(service.name);
  if (!policy) return [];
  const { grantedOn, conditional } = readAccess(inventory, service, member);
  if (grantedOn.length > 0 || conditional.length === 0) return [];
  const place = `${service.service} in ${service.region}`;
  return [
    {
      severity: 'medium',
      mode: 'observe',
      resource: service.name,
      subject: member,
      message: `${member} may invoke ${place} only under a condition: while it does not hold, users of IAP get a 403.`,
      hint: 'Somebody decided that. If IAP is to enter at all times, grant the role without a condition beside it; if not, say so with the label sallyport-iap=deny.',
      want: [`${member} holds roles/run.invoker on ${place} without a condition`],
      have: conditional.map(tellGrant),
      via,
      actions: [],
      gcloud: [buildGrantCommand(service, member, policy)],
      terraform: buildGrantTerraform(service, member, kind),
    },
  ];
}
