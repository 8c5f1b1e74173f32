import { listRevokes } from '../actions/revoke-invoker.ts';
import { canonicalMember, isUnconditional } from '../core/change/policy-edit.ts';
import { invokerRole } from '../core/change/policy-guard.ts';
import { buildRevokeTerraform } from '../core/commands/revoke-commands.ts';
import { buildServiceCommand } from '../core/commands/service-commands.ts';
import { isAgentMember, isClientIdMember, projectNumberOf } from '../core/estate/identity.ts';
import { type JudgedService, listJudgedServices } from '../core/estate/judged-services.ts';
import type { Inventory, RunService } from '../core/inventory.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** An IAP identity that no path needs any more still may invoke a service. Judged only where nothing can be overlooked. */
export const staleIapInvoker: Rule = {
  id: 'stale-iap-invoker',
  evaluate: (estate) =>
    listUnwanted(estate).flatMap((one) => (whyUnsure(estate, one) === undefined ? [buildDraft(estate, one)] : [])),
  notEvaluated: (estate) =>
    listUnwanted(estate).flatMap((one) => {
      const reason = whyUnsure(estate, one);
      return reason === undefined ? [] : [{ rule: 'stale-iap-invoker', reason, resource: one.service.name }];
    }),
};

interface Unwanted extends JudgedService {
  /** With its e-mail in lower case. */
  readonly member: string;
}

/** An export's policies may be 36 hours old: what is stale there may be right today, and its reader says so. */
function listUnwanted({ inventory, paths, wanted }: Estate): readonly Unwanted[] {
  if (inventory.source.kind !== 'live') return [];
  const neededBy = Map.groupBy(wanted, ({ service }) => service);
  return listJudgedServices(inventory, paths).flatMap((judged) => {
    const needed = (neededBy.get(judged.service) ?? []).map(({ member }) => canonicalMember(member));
    const held = (inventory.policies.get(judged.service.name)?.bindings ?? [])
      .filter((binding) => isUnconditional(binding, invokerRole))
      .flatMap(({ members = [] }) => members.map(canonicalMember));
    return [...new Set(held)]
      .filter((member) => (isAgentMember(member) || isClientIdMember(member)) && !needed.includes(member))
      .map((member) => ({ ...judged, member }));
  });
}

/** Why a path may be there that was not seen; undefined = there is none. */
function whyUnsure({ inventory }: Estate, { service, paths, member }: Unwanted): string | undefined {
  const lists = inventory.lists?.get(service.project);
  if (!lists) return 'lists-not-read';
  if (hasGap(lists)) return 'lists-incomplete';
  if (paths.some(({ iapProject }) => inventory.projects.get(iapProject)?.number === undefined)) {
    return 'project-number-unknown';
  }
  if (isUnderMask(inventory, service)) return 'url-mask-neg';
  // Another project's backend may lead here: its lists would have to be whole as well.
  const number = projectNumberOf(member);
  const owner = [...inventory.projects.values()].find((project) => project.number === number);
  const ownerLists = owner && inventory.lists?.get(owner.name);
  return !ownerLists || hasGap(ownerLists) ? 'lists-of-its-project-not-read' : undefined;
}

function hasGap(lists: Record<'backends' | 'negs' | 'services', readonly string[]>): boolean {
  return Object.values(lists).some((gaps) => gaps.length > 0);
}

function isUnderMask({ negs }: Inventory, { project, region }: RunService): boolean {
  return [...negs.values()].some(
    (neg) =>
      neg.project === project &&
      neg.region === region &&
      (neg.target.kind === 'run-url-mask' || neg.target.kind === 'function-url-mask'),
  );
}

function buildDraft({ inventory }: Estate, { service, via, member }: Unwanted): FindingDraft {
  const policy = inventory.policies.get(service.name) ?? {};
  const revokes = listRevokes(policy, { resource: service.name, member, roles: [invokerRole] });
  const who = isAgentMember(member) ? 'An IAP service agent' : 'An OAuth client ID';
  return {
    severity: 'low',
    mode: 'approve',
    resource: service.name,
    subject: member,
    message: `${who} that no path needs may invoke ${service.service} in ${service.region}: ${member}.`,
    hint: 'It is left from a backend or a NEG that is gone, or was never right. Take it back, so that IAP in that project cannot be pointed here again.',
    want: [`only IAP identities of today's paths hold ${invokerRole} on ${service.service} in ${service.region}`],
    have: [`${member} holds ${invokerRole} on ${service.name}`],
    via,
    actions: revokes.filter(({ condition }) => condition === undefined),
    gcloud: [
      buildServiceCommand(service, 'remove-iam-policy-binding', [
        `--member=${member}`,
        `--role=${invokerRole}`,
        '--condition=None',
      ]),
    ],
    terraform: buildRevokeTerraform([{ level: service.name, role: invokerRole, member }]),
  };
}
