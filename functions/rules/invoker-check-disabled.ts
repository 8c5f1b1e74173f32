import { buildGrantCommand } from '../core/commands/grant-commands.ts';
import { buildServiceCommand, buildServiceTerraform } from '../core/commands/service-commands.ts';
import { readAccess } from '../core/estate/access.ts';
import { consentLabel } from '../core/estate/consent.ts';
import { exposureSeverity, type JudgedService, listJudgedServices } from '../core/estate/judged-services.ts';
import type { WantedIdentity } from '../core/estate/wanted-identities.ts';
import type { Inventory, RunService } from '../core/inventory.ts';
import type { FindingDraft, Rule } from './rule.ts';

/** Cloud Run does not ask who knocks: the invoker check is off, and no policy of the service matters any more. */
export const invokerCheckDisabled: Rule = {
  id: 'invoker-check-disabled',
  evaluate: ({ inventory, paths, wanted }) => {
    const wantedOn = Map.groupBy(wanted, ({ service }) => service);
    return listJudgedServices(inventory, paths)
      .filter(({ service }) => service.invokerIamDisabled)
      .map((judged) => buildDraft(inventory, judged, wantedOn.get(judged.service) ?? []));
  },
};

function buildDraft(
  inventory: Inventory,
  { service, via }: JudgedService,
  wanted: readonly WantedIdentity[],
): FindingDraft {
  const place = `${service.service} in ${service.region}`;
  return {
    severity: exposureSeverity(service),
    mode: 'observe',
    resource: service.name,
    subject: 'invokerIamDisabled',
    message: `The invoker check of ${place} is off: whoever reaches it may invoke it${service.ingress === 'all' ? ', and the whole internet reaches it' : ''}.`,
    hint: 'Grant IAP its run.invoker first, then turn the check on: the other way round, users of IAP get a 403 in between.',
    want: ['the invoker check on'],
    have: ['invokerIamDisabled: true'],
    via,
    actions: [],
    gcloud: [
      ...listMissingGrants(inventory, service, wanted),
      buildServiceCommand(service, 'update', ['--invoker-iam-check']),
    ],
    terraform: buildServiceTerraform(service, ['invoker_iam_disabled = false']),
  };
}

/** Nobody needed a grant so far, so iap-invoker-missing is silent about them. */
function listMissingGrants(
  inventory: Inventory,
  service: RunService,
  wanted: readonly WantedIdentity[],
): readonly string[] {
  if (service.labels[consentLabel] === 'deny') return [];
  return wanted
    .filter(({ member }) => readAccess(inventory, service, member).grantedOn.length === 0)
    .map(({ member }) => buildGrantCommand(service, member, inventory.policies.get(service.name)));
}
