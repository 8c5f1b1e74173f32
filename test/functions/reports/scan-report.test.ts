import assert from 'node:assert/strict';
import type { Evaluation } from '../../../functions/core/evaluate.ts';
import type { Finding, Severity } from '../../../functions/core/finding.ts';
import type { Inventory, RunService } from '../../../functions/core/inventory.ts';
import { buildScanReport } from '../../../functions/reports/scan-report.ts';
import { contractRules } from '../../../functions/rules/contract-rules.ts';

const nothing: Inventory = {
  source: { kind: 'live', inheritance: 'full' },
  projects: new Map(),
  backends: [],
  negs: new Map(),
  services: new Map(),
  policies: new Map(),
  customRoles: new Map(),
  unreadable: [],
  notEvaluated: [],
};
const clean: Evaluation = { paths: [], wanted: [], findings: [], exempt: [], unreadable: [], notEvaluated: [] };

describe('the scan report', () => {
  it('has no files for a live scan, and those that were read for an export', () => {
    assert.deepEqual(buildScanReport(nothing, clean).source, { kind: 'live', inheritance: 'full' });
    const source = { kind: 'asset-export', files: ['a', '-'], inheritance: 'partial' } as const;
    assert.deepEqual(buildScanReport({ ...nothing, source }, clean).source, source);
  });

  it('shows what is exempt apart from the findings, with the decision', () => {
    const exempt = [{ finding: finding('high', 'a'), reason: 'moving', owner: 'ann', expires: '2027-01-01' }];
    const report = buildScanReport(nothing, { ...clean, exempt });
    assert.deepEqual([report.exempt, report.findings, report.summary.findings.high], [exempt, [], 0]);
  });

  it('sorts by rank of severity, then by code unit of resource, rule, subject', () => {
    const findings = [
      finding('low', 'a', 'r', 's'),
      finding('high', 'b', 'r', 's'),
      finding('high', 'B', 'r', 's'),
      finding('high', 'b', 'q', 's'),
      finding('high', 'b', 'q', 'ä'),
      finding('high', 'b', 'q', 'z'),
      finding('info', 'a', 'r', 's'),
      finding('critical', 'z', 'r', 's'),
    ];
    assert.deepEqual(
      buildScanReport(nothing, { ...clean, findings }).findings.map(
        (f) => `${f.severity} ${f.resource} ${f.rule} ${f.subject}`,
      ),
      [
        'critical z r s',
        'high B r s',
        'high b q s',
        'high b q z',
        'high b q ä',
        'high b r s',
        'low a r s',
        'info a r s',
      ],
    );
  });

  it('counts a path as in order only if its service has nothing high, critical or unreadable; others do not count', () => {
    const paths = ['low', 'high', 'critical', 'unread', 'fine', 'fine'].map((name, at) => ({
      service: service(name),
      iapProject: 'p',
      via: `${at}`,
    }));
    const { summary } = buildScanReport(nothing, {
      ...clean,
      paths,
      findings: [
        finding('low', 'low'),
        finding('high', 'high'),
        finding('critical', 'critical'),
        finding('high', 'a backend'),
      ],
      unreadable: [{ resource: 'unread', code: 'x', message: '' }],
    });
    assert.deepEqual(
      [summary.accessPaths, summary.services, summary.compliantAccessPaths, summary.findings],
      [6, 5, 3, { critical: 1, high: 2, medium: 0, low: 1, info: 0 }],
    );
  });

  for (const kind of ['live', 'asset-export'] as const) {
    it(`lists every rule of the contract that ${kind} has no answer to: silence never reads as clean`, () => {
      const source = { kind, files: [], inheritance: 'full' } as const;
      const { notEvaluated } = buildScanReport({ ...nothing, source }, clean, { evaluatedRules: ['public-invoker'] });
      const named = new Set(notEvaluated.map(({ rule }) => rule));
      assert.deepEqual(
        [...named].sort(),
        ['*', ...contractRules.map(({ id }) => id).filter((id) => id !== 'public-invoker')].sort(),
      );
      const reasonOf = (id: string) => notEvaluated.filter(({ rule }) => rule === id).map(({ reason }) => reason);
      assert.deepEqual(reasonOf('*'), ['deny-policies-not-read']);
      assert.deepEqual(reasonOf('contested'), ['needs-ledger']);
      assert.deepEqual(reasonOf('iap-service-agent-missing'), ['needs-a-write']);
      assert.deepEqual(reasonOf('direct-invoker'), ['rule-not-implemented']);
      assert.deepEqual(
        reasonOf('stale-iap-invoker'),
        kind === 'live' ? ['rule-not-implemented'] : ['asset-data-may-be-stale'],
      );
    });
  }

  it('keeps a reason that a source gave, says it once, and still names the rule as a whole when only one resource was left out', () => {
    const given = [
      { rule: 'contested', reason: 'needs-ledger' },
      { rule: '*', reason: 'deny-policies-not-read' },
      { rule: 'dangling-neg', reason: 'x', resource: 'neg' },
    ];
    const { notEvaluated } = buildScanReport(nothing, { ...clean, notEvaluated: given }, { evaluatedRules: [] });
    assert.equal(notEvaluated.filter(({ rule }) => rule === 'contested').length, 1);
    assert.equal(notEvaluated.filter(({ rule }) => rule === '*').length, 1);
    assert.deepEqual(
      notEvaluated.filter(({ rule }) => rule === 'dangling-neg').map(({ reason }) => reason),
      ['rule-not-implemented', 'x'],
    );
  });
});

function finding(severity: Severity, resource: string, rule = 'r', subject = 's'): Finding {
  return {
    id: '',
    rule,
    severity,
    mode: 'observe',
    project: '',
    region: '',
    resource,
    subject,
    message: '',
    hint: '',
    want: [],
    have: [],
    via: [],
    fix: { actions: [], gcloud: [], terraform: '' },
  };
}

function service(name: string): RunService {
  return {
    name,
    project: 'p',
    region: 'r',
    service: name,
    ingress: 'all',
    labels: {},
    iapEnabled: false,
    invokerIamDisabled: false,
    defaultUrlDisabled: false,
    customAudiences: [],
    urls: [],
  };
}
