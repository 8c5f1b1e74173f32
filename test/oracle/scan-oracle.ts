import { createHash } from 'node:crypto';
import { isPolicyReadable } from './access.ts';
import { findHiddenTargets, findPaths, isIapBackend, servicesOnPaths } from './access-paths.ts';
import { accessorFindings } from './accessor-rules.ts';
import { balancerFindings, canJudgeDangling, doorFindings, isDangling } from './door-rules.ts';
import { findUnknownNumbers } from './identities.ts';
import { invokerFindings } from './invoker-rules.ts';
import { projectInName } from './names.ts';
import type {
  Draft,
  Estate,
  ExportFile,
  Gap,
  Mode,
  OracleFinding,
  OracleReport,
  OracleSettings,
  Path,
  Severity,
  Unread,
} from './oracle-types.ts';
import { pushFindings } from './push-rules.ts';
import { readEstate } from './read-estate.ts';

/** What `scan --export` must say about these files, read from CONTRACT.md by somebody who never saw the product. */
export function scanOracle(files: readonly ExportFile[], settings: OracleSettings): OracleReport {
  const estate = readEstate(files);
  const paths = findPaths(estate, settings);
  const hidden = findHiddenTargets(estate, settings);
  const accessors = accessorFindings(estate, paths);
  const pushes = pushFindings(estate, paths, settings);
  const drafts = [
    ...invokerFindings(estate, paths, settings),
    ...doorFindings(estate, paths, settings),
    ...balancerFindings(estate, paths, settings),
    ...accessors.findings,
    ...pushes.findings,
  ];
  const findings = drafts.map((draft) => complete(draft, settings)).sort(inOrder);
  const unreadable = [
    ...estate.malformed.map((resource) => ({ resource, code: 'malformed-line' })),
    ...hidden.unreadable,
    ...findUnknownNumbers(estate, paths),
    ...estate.services
      .filter((service) => !isPolicyReadable(service, estate))
      .map(({ name }) => ({ resource: name, code: 'iam-policy-not-exported' })),
  ];
  return {
    inheritance: isInheritanceFull(estate, paths) ? 'full' : 'partial',
    summary: summarise(estate, paths, findings, unreadable),
    findings,
    unreadable,
    notEvaluated: [
      ...exportGaps(estate),
      ...accessors.gaps,
      ...pushes.gaps,
      ...hidden.gaps,
      ...danglingGaps(estate, settings),
    ],
  };
}

/** CONTRACT 4: "`id` = first 16 hex digits of sha256(`rule\nresource\nsubject`)." */
function complete(draft: Draft, settings: OracleSettings): OracleFinding {
  const id = createHash('sha256')
    .update(`${draft.rule}\n${draft.resource}\n${draft.subject}`)
    .digest('hex')
    .slice(0, 16);
  return {
    ...draft,
    id,
    mode: limited(draft.mode, settings.modes[draft.rule] ?? settings.modes['*']),
    // CONTRACT 1: "A finding's `project` and `region` are those of its `resource` (`global` for global things and projects)."
    project: projectInName(draft.resource) ?? '',
    region: /\/(?:regions|locations)\/([^/]+)\//.exec(draft.resource)?.[1] ?? 'global',
    via: [...new Set(draft.via)].sort(byCodeUnit),
  };
}

/** docs/settings.md: "the most that may happen for a rule; never raises a finding's own mode" */
function limited(own: Mode, limit: Mode | undefined): Mode {
  const order: readonly Mode[] = ['observe', 'approve', 'enforce'];
  return limit !== undefined && order.indexOf(limit) < order.indexOf(own) ? limit : own;
}

const ranks: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** CONTRACT 4: "Sort: severity by rank (critical, high, medium, low, info), then resource, rule, subject by code unit." */
function inOrder(a: OracleFinding, b: OracleFinding): number {
  return (
    ranks.indexOf(a.severity) - ranks.indexOf(b.severity) ||
    byCodeUnit(a.resource, b.resource) ||
    byCodeUnit(a.rule, b.rule) ||
    byCodeUnit(a.subject, b.subject)
  );
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * CONTRACT 3: "`source.inheritance` is `full` only if every project, folder and organisation in the ancestors of each
 * service on a path has an IAM_POLICY line, else `partial`." Reading: ancestors that no line names cannot have one.
 */
function isInheritanceFull(estate: Estate, paths: readonly Path[]): boolean {
  return servicesOnPaths(paths).every(
    ({ ancestors }) => ancestors?.length && ancestors.every((one) => estate.policies.has(one)),
  );
}

function summarise(
  estate: Estate,
  paths: readonly Path[],
  findings: readonly OracleFinding[],
  unreadable: readonly Unread[],
): OracleReport['summary'] {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  // CONTRACT 4: "`compliantAccessPaths` = paths whose *service* has no finding of high or critical and nothing unreadable
  // (findings on backend, NEG or project do not count)"
  const compliant = paths.filter(
    ({ service }) =>
      !findings.some((one) => one.resource === service.name && ['critical', 'high'].includes(one.severity)) &&
      !unreadable.some(({ resource }) => resource === service.name),
  );
  return {
    projects: estate.projects.length,
    // "`backendServices` = all read"
    backendServices: estate.backends.length,
    // "`iapSecuredBackends` = all with IAP on"
    iapSecuredBackends: estate.backends.filter(({ iapOn }) => iapOn).length,
    // "`services` = distinct services on a path"
    services: servicesOnPaths(paths).length,
    accessPaths: paths.length,
    compliantAccessPaths: compliant.length,
    findings: {
      critical: count('critical'),
      high: count('high'),
      medium: count('medium'),
      low: count('low'),
      info: count('info'),
    },
  };
}

/** CONTRACT 3: "`notEvaluated` in an export scan: ..." */
function exportGaps(estate: Estate): readonly Gap[] {
  const gaps: Gap[] = [
    { rule: 'stale-iap-invoker', reason: 'asset-data-may-be-stale' },
    { rule: 'iap-service-agent-missing', reason: 'needs-a-write' },
    { rule: 'iap-turned-off', reason: 'needs-ledger' },
    { rule: 'contested', reason: 'needs-ledger' },
    // "and always `{"rule": "*", "reason": "deny-policies-not-read"}`"
    { rule: '*', reason: 'deny-policies-not-read' },
  ];
  if (estate.projectsWithIapPolicyLine.length === 0) {
    gaps.push({ rule: 'push-caller-not-admitted', reason: 'iap-policies-not-in-input' });
  }
  // "the push rules {no-subscriptions-in-input} where such lines are absent"
  if (!estate.hasSubscriptionLine) {
    for (const rule of [
      'push-unauthenticated',
      'push-audience-mismatch',
      'push-caller-not-admitted',
      'regional-audience',
    ]) {
      gaps.push({ rule, reason: 'no-subscriptions-in-input' });
    }
  }
  return gaps;
}

/** CONTRACT 2, dangling-neg: "else `notEvaluated`" */
function danglingGaps(estate: Estate, settings: OracleSettings): readonly Gap[] {
  return estate.negs
    .filter((neg) => estate.backends.some((one) => isIapBackend(one, estate) && one.negs.includes(neg.name)))
    .filter((neg) => isDangling(neg.name, estate, settings) && !canJudgeDangling(neg.project, estate))
    .map(({ name, project }) => ({
      rule: 'dangling-neg',
      // Readings (docs/decisions/0008): the contract gives these reasons no names.
      reason: estate.projectsWithRunLine.includes(project) ? 'input-incomplete' : 'services-not-in-input',
      resource: name,
    }));
}
