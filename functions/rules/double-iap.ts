import { buildGrantCommand } from '../core/commands/grant-commands.ts';
import { buildServiceCommand, buildServiceTerraform } from '../core/commands/service-commands.ts';
import { type JudgedService, listJudgedServices } from '../core/estate/judged-services.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** IAP is on at the backend and at the service behind it: Google supports one or the other. */
export const doubleIap: Rule = {
  id: 'double-iap',
  evaluate: (estate) =>
    listJudgedServices(estate.inventory, estate.paths)
      .filter(({ service, paths }) => service.iapEnabled && paths.some(({ through }) => through))
      .map((judged) => buildDraft(estate, judged)),
};

function buildDraft({ wanted }: Estate, { service, paths, via }: JudgedService): FindingDraft {
  const backends = [...new Set(paths.flatMap(({ through }) => through?.backend.name ?? []))];
  const members = wanted
    .filter((one) => one.service === service && one.via.some((way) => way !== 'direct'))
    .map(({ member }) => member);
  return {
    severity: 'medium',
    mode: 'observe',
    resource: service.name,
    subject: '',
    message: `IAP is on twice on the way to ${service.service} in ${service.region}: at the load balancer and at the service itself, which Google does not support.`,
    hint: "Keep one. To keep the balancer's, turn the service's off: gcloud's --no-iap takes the IAP agent's grant along, so grant it again at once.",
    want: ['IAP on the backend or on the service, not on both'],
    have: [`IAP is on for ${service.name}`, ...backends.map((name) => `IAP is on for ${name}`)],
    via,
    actions: [],
    gcloud: [
      // The flag is not in gcloud's GA commands (SDK 528).
      buildServiceCommand(service, 'update', ['--no-iap']).replace('gcloud run', 'gcloud beta run'),
      ...members.map((member) => buildGrantCommand(service, member)),
    ],
    terraform: buildServiceTerraform(service, ['iap_enabled = false']),
  };
}
