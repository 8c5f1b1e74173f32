import { canonicalMember } from '../change/policy-edit.ts';
import { invokerRole } from '../change/policy-guard.ts';
import { levelsOf } from '../estate/access.ts';
import { iapLevelsOf } from '../estate/iap-levels.ts';
import { parseTexts } from '../estate/normalize/fields.ts';
import type { Finding } from '../finding.ts';
import type { PlanInventory } from './build-plan-inventory.ts';
import { placeGrant } from './place-grant.ts';
import type { PlannedResource } from './plan-file.ts';
import { buildPlannedGrant, buildPlannedMember } from './plan-terraform.ts';
import type { PlanView } from './plan-view.ts';

export interface DescribedFinding extends Finding {
  /** The resource that has to change first, then others that the finding is about. */
  readonly places: readonly PlannedResource[];
}

/** A finding in the words of a plan: what to change and where, and what the plan itself does to a grant. Its fix is Terraform, and nothing else. */
export function describePlanFinding(view: PlanView, planned: PlanInventory, finding: Finding): DescribedFinding {
  const own = ownResource(planned, finding.resource);
  const fix = { actions: [], gcloud: [], terraform: finding.fix.terraform };
  if (finding.rule === 'iap-invoker-missing') return describeMissing(view, planned, finding, own);
  const holders = listHolders(planned, finding);
  const sibling = ownResource(planned, finding.subject);
  return { ...finding, fix, places: [...new Set([...holders, ...own, ...sibling])] };
}

function ownResource(planned: PlanInventory, name: string): readonly PlannedResource[] {
  const found = planned.services.get(name) ?? planned.backends.get(name) ?? planned.negs.get(name);
  return found ? [found.resource] : [];
}

/** The resources that give the finding's member what it should not have. */
function listHolders(planned: PlanInventory, { resource, subject }: Finding): readonly PlannedResource[] {
  const service = planned.services.get(resource)?.service;
  const backend = planned.backends.get(resource)?.backend;
  const levels = [
    ...(service ? levelsOf(planned.inventory, service) : []),
    ...(backend ? iapLevelsOf(planned.inventory, backend) : []),
    ...(service || backend ? [] : [resource]),
  ];
  return levels.flatMap((level) =>
    (planned.policies.get(level)?.holds ?? [])
      .filter(({ member }) => canonicalMember(member) === canonicalMember(subject))
      .map(({ grant }) => grant.resource),
  );
}

function describeMissing(
  view: PlanView,
  planned: PlanInventory,
  finding: Finding,
  own: readonly PlannedResource[],
): DescribedFinding {
  const { resource: service, subject: member } = finding;
  const authorities = (planned.policies.get(service)?.authorities ?? [])
    .filter(({ role }) => role === '*' || role === invokerRole)
    .map(({ grant }) => grant.resource);
  const deleted = view.plan.deleted.filter(
    (resource) => placeGrant(view, resource)?.level === service && names(resource, member),
  );
  const notes = [
    finding.note,
    ...authorities.map(
      ({ address }) =>
        `${address} is authoritative and does not list the agent: every apply removes the grant that Sallyport makes.`,
    ),
    ...deleted.map(({ address }) => `This plan deletes ${address}, which grants it today.`),
    ...own.map(({ life }) => lifeNote(life, authorities.length > 0)),
  ].filter((note) => note !== undefined);
  const [authority] = authorities;
  const [resource] = own;
  const terraform = authority
    ? buildPlannedMember(authority, member)
    : resource
      ? buildPlannedGrant(resource, finding.region, member)
      : finding.fix.terraform;
  return {
    ...finding,
    fix: { actions: [], gcloud: [], terraform },
    hint: buildHint(finding, authority),
    ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    places: [...new Set([...authorities, ...own])],
  };
}

/** What Sallyport itself may do is no matter here; that a person has decided otherwise is. */
function buildHint({ mode, have, hint, subject }: Finding, authority: PlannedResource | undefined): string {
  if (mode === 'observe' || have.length > 0) return hint;
  if (authority) return `Add ${subject} to ${authority.address}.`;
  return 'Put the grant beside the service, for every region that serves: one missing region makes the 403 come and go.';
}

function names({ values }: PlannedResource, member: string): boolean {
  const members = [values['member'], ...parseTexts(values['members'])];
  return members.some((one) => typeof one === 'string' && canonicalMember(one) === canonicalMember(member));
}

function lifeNote(life: PlannedResource['life'], isDecided: boolean): string | undefined {
  if (life === 'replaced') return 'The service is replaced: grants made outside Terraform go with the old one.';
  if (life !== 'kept' || isDecided) return undefined;
  return 'The service exists already: a grant that was made outside this Terraform is not in the plan.';
}
