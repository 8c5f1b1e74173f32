import { isIapBackend, viaOfBackend } from './access-paths.ts';
import { projectName } from './names.ts';
import type { Backend, Binding, Draft, Estate, Gap, Path } from './oracle-types.ts';

export interface AccessorResult {
  readonly findings: readonly Draft[];
  readonly gaps: readonly Gap[];
}

/** The rules about who may pass IAP: iap-open-to-all and iap-admits-nobody. */
export function accessorFindings(estate: Estate, paths: readonly Path[]): AccessorResult {
  const findings: Draft[] = [];
  const gaps: Gap[] = [];
  const rules = ['iap-open-to-all', 'iap-admits-nobody'];
  // CONTRACT 3: "iap-open-to-all, iap-admits-nobody and push-caller-not-admitted {iap-policies-not-in-input} [...] where
  // such lines are absent"
  if (estate.projectsWithIapPolicyLine.length === 0) {
    for (const rule of rules) gaps.push({ rule, reason: 'iap-policies-not-in-input' });
    return { findings, gaps };
  }
  for (const backend of estate.backends) {
    if (!isIapBackend(backend, estate)) continue;
    if (!estate.projectsWithIapPolicyLine.includes(backend.project)) {
      for (const rule of rules) gaps.push(gapOf(rule, backend));
      continue;
    }
    const members: string[] = [];
    for (const binding of accessorBindings(backend, estate)) members.push(...binding.members);
    const admitsNobody = members.every((member) => member.startsWith('deleted:'));
    // Reading: above IAP's own levels a missing IAM_POLICY line may hide an accessor ("inherited ones count as somebody"),
    // so nobody can say that there is none; a missing one of the project may hide a public one.
    const inherited = inheritedLevels(backend).filter((level) => !estate.policies.has(level));
    if (inherited.includes(projectName(backend.project))) gaps.push(gapOf('iap-open-to-all', backend));
    if (inherited.length > 0 && admitsNobody) gaps.push(gapOf('iap-admits-nobody', backend));
    const common = { resource: backend.name, via: viaOfBackend(backend, paths) } as const;
    // "allUsers / allAuthenticatedUsers are IAP accessors | critical | observe | backend | member"
    for (const member of ['allUsers', 'allAuthenticatedUsers']) {
      if (members.includes(member)) {
        findings.push({ rule: 'iap-open-to-all', severity: 'critical', mode: 'observe', subject: member, ...common });
      }
    }
    // "no accessor at all (conditional ones and inherited ones count as somebody)". Reading: a deleted principal is nobody.
    if (inherited.length === 0 && admitsNobody) {
      findings.push({ rule: 'iap-admits-nobody', severity: 'low', mode: 'observe', subject: '', ...common });
    }
  }
  return { findings, gaps };
}

function gapOf(rule: string, backend: Backend): Gap {
  return { rule, reason: 'iap-policies-not-in-input', resource: backend.name };
}

export function inheritedLevels(backend: Backend): readonly string[] {
  return [...new Set([projectName(backend.project), ...(backend.ancestors ?? [])])];
}

/** Those of the role that lets through. */
function accessorBindings(backend: Backend, estate: Estate): readonly Binding[] {
  return bindingsAtIap(backend, estate).filter(({ role }) => role === 'roles/iap.httpsResourceAccessor');
}

/** FACTS 4: "projects/P/iap_web ; .../iap_web/compute[/services/ID] ; .../iap_web/compute-REGION[/services/ID]" */
export function bindingsAtIap(backend: Backend, estate: Estate): readonly Binding[] {
  const region = /\/regions\/([^/]+)\//.exec(backend.name)?.[1];
  const type = region === undefined ? 'compute' : `compute-${region}`;
  const shortName = backend.name.slice(backend.name.lastIndexOf('/') + 1);
  const web = `//iap.googleapis.com/projects/${backend.project}/iap_web`;
  const levels = [web, `${web}/${type}`, `${web}/${type}/services/${backend.id || shortName}`];
  levels.push(...inheritedLevels(backend));
  const bindings: Binding[] = [];
  for (const level of new Set(levels)) bindings.push(...(estate.policies.get(level) ?? []));
  return bindings;
}
