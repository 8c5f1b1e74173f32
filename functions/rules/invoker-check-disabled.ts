import { readAccess } from '../core/access.ts';
import { consentLabel } from '../core/consent.ts';
import { buildGrantCommand } from '../core/grant-commands.ts';
import { exposureSeverity, type JudgedService, listJudgedServices } from '../core/judged-services.ts';
import { buildServiceCommand, buildServiceTerraform } from '../core/service-commands.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** Cloud Run does not ask who knocks: the invoker check is off, and no policy of the service matters any more. */
export const invokerCheckDisabled: Rule = {
  id: 'invoker-check-disabled',
  evaluate: (estate) =>
    listJudgedServices(estate.inventory, estate.paths)
      .filter(({ service }) => service.invokerIamDisabled)
      .map((judged) => buildDraft(estate, judged)),
};

function buildDraft(estate: Estate, { service, via }: JudgedService): FindingDraft {
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
      ...listMissingGrants(estate, service.name),
      buildServiceCommand(service, 'update', ['--invoker-iam-check']),
    ],
    terraform: buildServiceTerraform(service, ['invoker_iam_disabled = false']),
  };
}

/** Nobody needed a grant so far, so iap-invoker-missing is silent about them. */
function listMissingGrants({ inventory, wanted }: Estate, name: string): readonly string[] {
  return wanted
    .filter(({ service }) => service.name === name && service.labels[consentLabel] !== 'deny')
    .filter(({ service, member }) => readAccess(inventory, service, member).grantedOn.length === 0)
    .map(({ service, member }) => buildGrantCommand(service, member, inventory.policies.get(name)));
}
