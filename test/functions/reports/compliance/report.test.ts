import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseSettings } from '../../../../functions/config.ts';
import type { Change } from '../../../../functions/core/change/change.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { FindingStay } from '../../../../functions/core/people.ts';
import { buildReport, type ReportInput } from '../../../../functions/reports/compliance/build-report.ts';
import { countDays, spanText } from '../../../../functions/reports/compliance/count-days.ts';
import { drawHistory } from '../../../../functions/reports/compliance/html/history-chart.ts';
import { renderHtml } from '../../../../functions/reports/compliance/html/render-html.ts';
import { buildReportFiles } from '../../../../functions/reports/compliance/report-files.ts';
import { buildScanReport } from '../../../../functions/reports/scan-report.ts';
import { agent, grant, inventory, policy, service } from '../../../support/estate.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 23, 12);
const period = { from: now - 30 * dayMs, to: now };
const evil = '<script>alert(1)</script>';

describe('the compliance report', () => {
  it('has exactly the numbers of the scan of the same moment', () => {
    const { report, input } = make();
    assert.deepEqual(report.scan, buildScanReport(input.inventory, input.evaluation));
    const states = report.paths.map(({ state }) => state);
    assert.equal(states.length, report.scan.summary.accessPaths);
    assert.equal(states.filter((state) => state === 'compliant').length, report.scan.summary.compliantAccessPaths);
  });

  it('says "not compliant" first, and never counts what was not read as compliant', () => {
    assert.match(text(make().report), /Not compliant: 1 of 2 access paths, 1 serious finding\./);
    const clean = make({ granted: true });
    assert.match(text(clean.report), /All 2 access paths are compliant\./);
    const gap = make({ granted: true, over: { unreadableProjects: [{ project: 'secret', code: 'read-denied' }] } });
    assert.match(text(gap.report), /Not known: 1 thing could not be read\./);
    assert.doesNotMatch(text(gap.report), /paths are compliant\./);
  });

  it('claims no compliance where there is nothing to judge, and counts one path as one', () => {
    const none = make({ over: { inventory: inventory({ services: [], backends: [] }) } }).report;
    assert.match(text(none), /There is no access path to judge\./);
    assert.doesNotMatch(text(none), /compliant\./);
    const shop = service();
    const one = make({ over: { inventory: inventory({ policies: [[shop, policy(grant(agent))]] }) } }).report;
    assert.match(text(one), /The one access path is compliant\./);
  });

  it('draws no picture that is higher than a printed page, and names every path that it shows', () => {
    const many = Array.from({ length: 66 }, (_, index) => service('europe-west1', { service: `shop-${index}` }));
    const html = renderHtml(make({ over: { inventory: inventory({ services: many }) } }).report);
    const heights = [...html.matchAll(/viewBox="0 0 900 (\d+)" role="img" aria-label="shop-backend/g)].map(
      ([, height]) => Number(height),
    );
    assert.deepEqual(heights, [738, 738, 370]);
    // A4 less its margins is 182 mm by 265 mm.
    assert.ok(heights.every((height) => (height / 900) * 182 < 265));
    assert.equal(html.match(/>shop-\d+<\/text>/g)?.length, 40);
    assert.match(html, /26 more paths are in report\.json/);
  });

  it('names a reason why rules were not evaluated once, with the number of places', () => {
    const { notEvaluated } = make().report.scan;
    const places = Array.from({ length: 9 }, (_, index) => ({
      rule: 'dangling-neg',
      reason: 'services-not-listed',
      resource: `//run.googleapis.com/projects/p/locations/l/services/s${index}`,
    }));
    const { report } = make();
    const shown = text({ ...report, scan: { ...report.scan, notEvaluated: [...notEvaluated, ...places] } });
    assert.match(
      shown,
      /dangling-neg\s+services not listed\s+services-not-listed\s+s0 in l, s1 in l, s2 in l, s3 in l and 5 more/,
    );
  });

  describe('repairs', () => {
    const hour = 3_600_000;
    const openedAt = now - 5 * dayMs;
    const [finding] = make().report.scan.findings;
    assert.ok(finding);
    const stay = (hours: number, id: string, over: Partial<FindingStay> = {}): FindingStay => ({
      finding: { ...finding, id },
      openedAt,
      resolvedAt: openedAt + hours * hour,
      ...over,
    });
    const within = { at: openedAt + hour, result: { outcome: 'applied', at: openedAt + hour } } as const;
    const reportOf = (stays: readonly FindingStay[], changes: readonly Change[]) =>
      make({ over: { remembered: { stays, changes, approvals: [], sweeps: [], pauses: [] } } }).report;
    const repairsOf = (stays: readonly FindingStay[], changes: readonly Change[]) =>
      reportOf(stays, changes).history?.repairs;

    it('tell how long they took, and which of them were its own', () => {
      const stays = [stay(1, 'a'), stay(2, 'b'), stay(6, 'c'), { finding, openedAt: now - dayMs }];
      assert.deepEqual(repairsOf(stays, [change({ ...within, findingIds: ['a', 'b'] })]), {
        count: 3,
        bySallyport: 2,
        atOnce: 0,
        meanMs: 3 * hour,
        medianMs: 2 * hour,
        longestMs: 6 * hour,
      });
    });

    it('are its own only where a change of its own was made while the finding was open', () => {
      const before = change({ at: openedAt - hour, findingIds: ['a'] });
      const undo = change({ ...within, findingIds: ['a'] });
      const undone = { ...undo, change: { ...undo.change, undoes: 'c0' } };
      const failed = change({ at: openedAt + hour, findingIds: ['a'], result: { outcome: 'failed', at: now } });
      for (const one of [before, undone, failed]) assert.equal(repairsOf([stay(2, 'a')], [one])?.bySallyport, 0);
    });

    it('are none where somebody has decided to live with it', () => {
      const report = reportOf([stay(1, 'a', { isExempt: true })], []);
      assert.deepEqual(report.history?.repairs, { count: 0, bySallyport: 0, atOnce: 0 });
      const days = report.history?.days ?? [];
      assert.deepEqual(
        days
          .filter(({ opened, resolved }) => opened + resolved > 0)
          .map(({ opened, resolved, open }) => [opened, resolved, open]),
        [[1, 0, 0]],
      );
    });

    it('count what was found and mended in one run, which the ledger never saw open', () => {
      const report = reportOf(
        [],
        [change({ ...within, findingIds: ['a', 'b'] }), change({ ...within, findingIds: ['b'] })],
      );
      assert.deepEqual(report.history?.repairs, { count: 0, bySallyport: 0, atOnce: 2 });
      const days = report.history?.days ?? [];
      assert.deepEqual(
        days.filter(({ opened }) => opened > 0).map(({ opened, resolved, open }) => [opened, resolved, open]),
        [[2, 2, 0]],
      );
      assert.match(text(report), /2 findings were mended in the run that found them\. No other finding was resolved/);
      assert.doesNotMatch(text(reportOf([], [])), /mended in the run/);
    });
  });

  it('says in words why a rule was not evaluated, beside the code', () => {
    const shown = text(make().report);
    assert.match(shown, /all rules\s+IAM deny policies and access boundaries are never read\s+deny-policies-not-read/);
  });

  it('says that the past is not known where there is no ledger', () => {
    assert.match(text(make().report), /Not known: this report was made without a ledger/);
  });

  it('shows foreign text as text, in HTML and in CSV', () => {
    const settings = {
      exemptions: [
        { rule: 'direct-invoker', resource: evil, reason: '=HYPERLINK("x")', owner: evil, expires: '2026-12-01' },
      ],
    };
    const made = make({
      settings,
      over: { projects: [evil], unreadableProjects: [{ project: '=cmd()', code: evil }] },
    });
    const html = renderHtml(made.report);
    assert.ok(!html.includes('<script'), 'no script element of anybody');
    assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    const remembered = {
      stays: [],
      changes: [change({ project: '=HYPERLINK("http://x")' })],
      approvals: [],
      sweeps: [],
      pauses: [],
    };
    const files = buildReportFiles(make({ over: { remembered } }).report);
    const csv = files.find(({ name }) => name === 'changes.csv')?.text ?? '';
    assert.ok(csv.includes(`'=HYPERLINK(`), csv);
  });

  it('asks nothing of the network: no script, no link to elsewhere, and a policy that says so', () => {
    const html = renderHtml(make().report);
    assert.doesNotMatch(html, /(?:src|href)="(?!data:)/);
    assert.match(html, /default-src 'none'/);
  });

  it('names the SHA-256 of every other file in the manifest, which comes last', () => {
    const files = buildReportFiles(make().report);
    assert.equal(files.at(-1)?.name, 'manifest.json');
    const manifest = JSON.parse(files.at(-1)?.text ?? '');
    assert.deepEqual(
      manifest.files,
      files.slice(0, -1).map(({ name, text: content }) => ({
        name,
        bytes: Buffer.byteLength(content),
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    );
  });

  it('counts exemptions with the days that are left', () => {
    const exemption = { rule: 'iap-invoker-missing', resource: '*', reason: 'r', owner: 'o', expires: '2026-11-25' };
    const { exemptions, scan } = make({ settings: { exemptions: [exemption] } }).report;
    assert.equal(scan.findings.length, 0);
    assert.equal(exemptions[0]?.daysLeft, 2);
    assert.equal(exemptions[0]?.covers, 1);
  });

  it('does not call everything compliant without saying what somebody has decided to live with', () => {
    const exemption = { rule: 'iap-invoker-missing', resource: '*', reason: 'r', owner: 'o', expires: '2026-11-25' };
    const shown = text(make({ settings: { exemptions: [exemption] } }).report);
    assert.match(
      shown,
      /All 2 access paths are compliant\. Everything in scope was read\. 1 finding is exempt by somebody’s decision: see below\./,
    );
  });

  it('says who made each change: Sallyport, Sallyport with a yes, or a person', () => {
    const undo = { ...change({}).change, undoes: 'c0' };
    const changes = [
      change({}),
      change({ approvedBy: 'ann', approvalId: 'q1' }),
      change({ approvedBy: 'bob' }),
      change({ approvedBy: 'cid', change: undo }),
      change({ change: undo }),
    ];
    const remembered = { stays: [], changes, approvals: [], sweeps: [], pauses: [] };
    assert.deepEqual(
      [
        ...renderHtml(make({ over: { remembered } }).report).matchAll(
          /<td class="s">made<\/td><td class="s">(.*?)<\/td>/g,
        ),
      ].map(([, author]) => author),
      [
        'Sallyport',
        'Sallyport, approved by ann',
        'bob, with sallyport fix',
        'cid, with sallyport undo',
        'a person, with sallyport undo',
      ],
    );
  });

  it('names in the CSV of changes who said yes', () => {
    const changes = [change({ approvedBy: 'slack:U0ANN (ann)' }), change({})];
    const remembered = { stays: [], changes, approvals: [], sweeps: [], pauses: [] };
    const files = buildReportFiles(make({ over: { remembered } }).report);
    const [head, one, two] = (files.find(({ name }) => name === 'changes.csv')?.text ?? '').split('\r\n');
    assert.equal(head, 'id,at,project,resource,change,outcome,code,approvedBy,findings');
    assert.match(one ?? '', /,applied,,slack:U0ANN \(ann\),$/);
    assert.match(two ?? '', /,applied,,,$/);
  });
});

describe('findings by day', () => {
  const [finding] = make().report.scan.findings;
  const at = (days: number, hours = 0) => now - days * dayMs + hours * 3_600_000;
  it('counts what was opened, resolved and open at the end of each day', () => {
    assert.ok(finding);
    const stays = [
      { finding, openedAt: at(2), resolvedAt: at(1) },
      { finding, openedAt: at(1) },
    ];
    assert.deepEqual(countDays(stays, { from: at(2), to: now }), [
      { day: '2026-11-21', opened: 1, resolved: 0, open: 1 },
      { day: '2026-11-22', opened: 1, resolved: 1, open: 1 },
      { day: '2026-11-23', opened: 0, resolved: 0, open: 1 },
    ]);
  });

  for (const [most, ticks] of [
    [0, ['0', '1']],
    [3, ['0', '1', '2', '3']],
    [9, ['0', '3', '6', '9', '12']],
  ] as const) {
    it(`are drawn against whole numbers, evenly apart: ${most} at most`, () => {
      const drawn = drawHistory([{ day: '2026-11-23', opened: most, resolved: 0, open: 0 }]);
      assert.deepEqual(
        [...drawn.matchAll(/text-anchor="end">([^<]+)</g)].map(([, tick]) => tick),
        ticks,
      );
    });
  }

  it('says spans of time as a person does', () => {
    const hour = 3_600_000;
    assert.deepEqual([10, 45_000, 180_000, 2.5 * hour, 90 * hour].map(spanText), [
      '1 s',
      '45 s',
      '3 min',
      '2.5 h',
      '4 days',
    ]);
  });
});

function make({
  granted = false,
  settings: given = {},
  over = {},
}: {
  granted?: boolean;
  settings?: Record<string, unknown>;
  over?: Partial<ReportInput>;
} = {}) {
  const settings = parseSettings(given);
  const [one, two] = [service('europe-west1'), service('us-central1')];
  const estate = inventory({
    services: [one, two],
    policies: [
      [one, policy(grant(agent))],
      [two, granted ? policy(grant(agent)) : policy()],
    ],
  });
  const input: ReportInput = {
    id: 'r-1',
    generatedAt: now,
    period,
    settingsHash: 'abc',
    writtenBy: 'a test',
    projects: ['shop-prod'],
    unreadableProjects: [],
    inventory: estate,
    evaluation: evaluate(over.inventory ?? estate, { settings, now }),
    settings,
    ...over,
  };
  return { report: buildReport(input), input };
}

function change(over: Partial<Change>): Change {
  const edit = {
    capability: 'grant-invoker',
    kind: 'add',
    resource: '//run',
    role: 'roles/run.invoker',
    members: ['x'],
  } as const;
  return {
    id: 'c',
    project: 'p',
    runId: 'r',
    findingIds: [],
    change: edit,
    at: now - dayMs,
    result: { outcome: 'applied', at: now },
    ...over,
  };
}

function text(report: ReturnType<typeof make>['report']): string {
  return renderHtml(report)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}
