import { buildGrantCommand, buildGrantTerraform } from '../core/commands/grant-commands.ts';
import { tellGrant } from '../core/commands/grant-words.ts';
import { type Access, readAccess } from '../core/estate/access.ts';
import { consentLabel, grantMode, hasConsent } from '../core/estate/consent.ts';
import type { WantedIdentity } from '../core/estate/wanted-identities.ts';
import type { RunService } from '../core/inventory.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** An IAP identity that a path needs has no access to the regional service behind it: users get a 403 there. */
export const iapInvokerMissing: Rule = {
  id: 'iap-invoker-missing',
  evaluate: (estate) => estate.wanted.flatMap((wanted) => evaluateIdentity(estate, wanted)),
};

function evaluateIdentity({ inventory, settings }: Estate, wanted: WantedIdentity): readonly FindingDraft[] {
  const { service, member, kind, via } = wanted;
  if (service.invokerIamDisabled) return [];
  // Not read is not empty: the service is in `unreadable`, and nothing is said of its grants.
  const policy = inventory.policies.get(service.name);
  if (!policy) return [];
  const access = readAccess(inventory, service, member);
  if (access.grantedOn.length > 0) return [];
  const who = kind === 'service-agent' ? "IAP's service agent" : "IAP's OAuth client ID";
  return [
    {
      severity: kind === 'service-agent' || settings.identity.use === 'oauth-client' ? 'high' : 'low',
      mode: grantMode(service, access.conditional.length > 0),
      resource: service.name,
      subject: member,
      message: buildMessage(service, who, kind),
      hint: buildHint(service, access),
      want: [`${member} holds roles/run.invoker on ${service.service} in ${service.region}`],
      have: access.conditional.map(tellGrant),
      via,
      actions: [{ kind: 'grant-invoker', resource: service.name, member, identity: kind }],
      gcloud: [buildGrantCommand(service, member, policy)],
      terraform: buildGrantTerraform(service, member, kind),
    },
  ];
}

function buildMessage(service: RunService, who: string, kind: WantedIdentity['kind']): string {
  const place = `${service.service} in ${service.region}`;
  return kind === 'service-agent'
    ? `${who} may not invoke ${place}: everyone who comes through IAP gets a 403 there.`
    : `${who} is not an invoker of ${place}; the service agent decides today, the client ID is the 2021 form.`;
}

function buildHint(service: RunService, { conditional }: Access): string {
  if (service.labels[consentLabel] === 'deny') {
    return `The label ${consentLabel}=deny forbids the grant: take the service off the load balancer, or change the label.`;
  }
  const [grant] = conditional;
  if (grant) {
    return `There is a conditional grant of ${grant.role} on ${grant.level} (${grant.condition}): somebody decided that, so an unconditional one waits for approval.`;
  }
  if (hasConsent(service)) return 'Grant it in every region that serves; one missing region makes the 403 come and go.';
  return `The service's owner has not consented: set ingress to internal-and-cloud-load-balancing or the label ${consentLabel}=allow, or approve this one grant.`;
}
