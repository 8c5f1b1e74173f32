import { backendId, buildBackendTerraform, buildBackendUpdate } from '../core/commands/backend-commands.ts';
import { resolveNegTargets } from '../core/estate/access-paths.ts';
import { exposureSeverity, listVia } from '../core/estate/judged-services.ts';
import { isPublic } from '../core/estate/public-members.ts';
import type { Backend, Inventory, RunService } from '../core/inventory.ts';
import type { SeenIap } from '../core/people.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** A backend that the ledger has seen with IAP on has it off: nobody is asked who they are any more. */
export const iapTurnedOff: Rule = {
  id: 'iap-turned-off',
  evaluate: (estate) => {
    const seen = new Map((estate.memory?.iapSeenOn ?? []).map((one) => [one.resource, one]));
    return estate.inventory.backends.flatMap((backend) => {
      const before = seen.get(backend.name);
      return before && !backend.iapEnabled && isSameBackend(before, backend) ? [buildDraft(estate, backend)] : [];
    });
  },
  notEvaluated: ({ memory, inventory }) =>
    memory === undefined && inventory.source.kind === 'live'
      ? [{ rule: 'iap-turned-off', reason: 'needs-ledger' }]
      : [],
};

/** Made anew under the same name, it is another backend, and IAP was never on there. */
function isSameBackend(before: SeenIap, { id }: Backend): boolean {
  return before.id === undefined || id === undefined || before.id === id;
}

function buildDraft({ inventory, settings }: Estate, backend: Backend): FindingDraft {
  const behind = listBehind(backend, inventory, settings.urlMask);
  const open = behind.filter(({ service }) => exposureSeverity(service) === 'critical');
  const everybodys = behind.filter(({ service }) => isPublic(inventory, service));
  const exposed = [...new Set([...open, ...everybodys].map(({ service }) => service))];
  const id = backendId(backend);
  return {
    severity: exposed.length > 0 ? 'critical' : 'medium',
    mode: 'observe',
    resource: backend.name,
    subject: '',
    message:
      exposed.length > 0
        ? `IAP was on at ${id} and is off: ${nameAll(exposed)} behind it can be reached without anybody being asked who they are.`
        : `IAP was on at ${id} and is off: the balancer asks nobody who they are, and only Cloud Run's own check still stands.`,
    hint: 'Turn IAP on again. If it is off on purpose, exempt this finding with a reason, and shut or delete what no longer needs to be reached.',
    want: [`IAP on at ${id}, as it was`],
    have: [
      `iap.enabled is not true on ${backend.name}`,
      ...open.map(({ service }) => `${nameOf(service)} takes requests from everywhere: ingress all`),
      ...everybodys.map(({ service }) => `${nameOf(service)} may be invoked by everybody`),
      ...backend.groups
        .filter((group) => !inventory.negs.has(group))
        .map((group) => `what is behind ${group} was not read`),
      ...behind
        .filter(({ service }) => !inventory.policies.has(service.name))
        .map(({ service }) => `who may invoke ${nameOf(service)} was not read`),
    ],
    via: listVia(behind),
    actions: [],
    gcloud: [buildBackendUpdate(backend, ['--iap=enabled'])],
    terraform: buildBackendTerraform(backend, ['iap {', '  enabled = true', '}']),
  };
}

interface Behind {
  readonly service: RunService;
  readonly via: string;
}

function listBehind(backend: Backend, inventory: Inventory, urlMask: 'observe' | 'labelled'): readonly Behind[] {
  return backend.groups.flatMap((group) => {
    const neg = inventory.negs.get(group);
    if (!neg) return [];
    const { services } = resolveNegTargets(neg, inventory.services, urlMask);
    return services.map((service) => ({ service, via: `${backend.name} > ${neg.name}` }));
  });
}

function nameAll(services: readonly RunService[]): string {
  return services.map(nameOf).join(', ');
}

function nameOf({ service, region }: RunService): string {
  return `${service} in ${region}`;
}
