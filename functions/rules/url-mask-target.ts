import { quoteHcl, quoteShell } from '../core/commands/command-text.ts';
import { type IapNeg, listIapNegs } from '../core/estate/iap-backends.ts';
import { parseComputeName } from '../core/estate/resource-name.ts';
import type { FindingDraft, Rule } from './rule.ts';

/** An IAP backend's NEG picks the service by a URL mask: it can reach every service of its region, and none is judged. */
export const urlMaskTarget: Rule = {
  id: 'url-mask-target',
  evaluate: ({ inventory, settings }) =>
    settings.urlMask === 'observe' ? listIapNegs(inventory).flatMap(findMask) : [],
};

function findMask({ neg, via }: IapNeg): readonly FindingDraft[] {
  const { target, project, region } = neg;
  if (target.kind !== 'run-url-mask' && target.kind !== 'function-url-mask') return [];
  const id = parseComputeName(neg.name)?.id ?? neg.name;
  const isRun = target.kind === 'run-url-mask';
  return [
    {
      severity: 'low',
      mode: 'observe',
      resource: neg.name,
      subject: target.urlMask,
      message: `${id} picks the service by the URL mask ${target.urlMask}: IAP can be led to every service of ${project} in ${region}, and which ones are meant nobody can read.`,
      hint: 'Use one NEG for each service, or set urlMask: labelled and put the label sallyport-iap=allow on the services that are meant.',
      want: ['a NEG that names its service'],
      have: [`${isRun ? 'cloudRun' : 'cloudFunction'}.urlMask: ${target.urlMask}`],
      via,
      actions: [],
      gcloud: [
        [
          'gcloud compute network-endpoint-groups create SERVICE-neg',
          `--project=${quoteShell(project)}`,
          `--region=${quoteShell(region)}`,
          '--network-endpoint-type=serverless',
          `--cloud-${isRun ? 'run-service' : 'function-name'}=SERVICE`,
        ].join(' '),
      ],
      terraform: [
        'resource "google_compute_region_network_endpoint_group" "service" {',
        `  project               = ${quoteHcl(project)}`,
        `  region                = ${quoteHcl(region)}`,
        '  name                  = "SERVICE-neg"',
        '  network_endpoint_type = "SERVERLESS"',
        `  ${isRun ? 'cloud_run' : 'cloud_function'} {`,
        `    ${isRun ? 'service' : 'function'} = "SERVICE"`,
        '  }',
        '}',
        '',
      ].join('\n'),
    },
  ];
}
