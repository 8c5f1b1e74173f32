import type { Change } from '../change/change.ts';
import { canonicalMember } from '../change/policy-edit.ts';
import { invokerRole } from '../change/policy-guard.ts';
import { isAgentMember } from '../estate/identity.ts';
import { parseServiceName } from '../estate/resource-name.ts';
import { buildGrantLabel, buildGrantTerraform } from './grant-commands.ts';

/**
 * The Terraform of a grant that was made, so that the code can be mended: a `google_cloud_run_v2_service_iam_member` and
 * the `import` block (Terraform 1.5) that takes over what is there. Undefined for anything but a grant that was made.
 */
export function buildHandBack(change: Change): string | undefined {
  return buildHandBacks([change]);
}

/** The same of many changes in one file: each grant once, each under a name of its own. What was taken back since is left out. */
export function buildHandBacks(changes: readonly Change[]): string | undefined {
  const undone = new Set(changes.flatMap(undoneBy));
  const grants = new Map(changes.filter(({ id }) => !undone.has(id)).flatMap(listGrants));
  const taken = new Map<string, number>();
  const texts = [...grants.values()].map(({ service, member }) => {
    const identity = isAgentMember(member) ? 'service-agent' : 'oauth-client';
    const label = buildGrantLabel(service, identity);
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    return buildGrantTerraform(service, member, identity, count === 1 ? label : `${label}_${count}`);
  });
  return texts.length === 0 ? undefined : texts.join('\n');
}

/** The Terraform of each finding that was mended by a grant, by finding id. */
export function listHandBacks(changes: readonly Change[]): ReadonlyMap<string, string> {
  return new Map(
    changes.flatMap((change) => {
      const text = buildHandBack(change);
      return text === undefined ? [] : change.findingIds.map((id) => [id, text] as const);
    }),
  );
}

function undoneBy({ change, result }: Change): readonly string[] {
  const undoes = 'undoes' in change ? change.undoes : undefined;
  return undoes !== undefined && result?.outcome === 'applied' ? [undoes] : [];
}

function listGrants({ change, result }: Change) {
  if (change.kind !== 'add' || result?.outcome !== 'applied' || change.undoes !== undefined) return [];
  const parts = parseServiceName(change.resource);
  // Cloud Run's resources of the provider have no condition (FACTS 9.3).
  if (!parts || change.role !== invokerRole || change.condition !== undefined) return [];
  const service = { project: parts.project, region: parts.region, service: parts.id };
  return change.members.map(
    (member) => [`${change.resource} ${canonicalMember(member)}`, { service, member }] as const,
  );
}
