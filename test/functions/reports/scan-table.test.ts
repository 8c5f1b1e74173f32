import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { Finding, Severity } from '../../../functions/core/finding.ts';
import type { ScanReport } from '../../../functions/reports/scan-report.ts';
import { renderScanTable } from '../../../functions/reports/scan-table.ts';

const service = '//run.googleapis.com/projects/shop/locations/europe-west1/services/web';
const backend = '//compute.googleapis.com/projects/shop/global/backendServices/front';
const neg = '//compute.googleapis.com/projects/shop/regions/europe-west1/networkEndpointGroups/web-eu';
const command =
  'gcloud run services add-iam-policy-binding web --project=shop --region=europe-west1 --member=serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com --role=roles/run.invoker';

describe('a scan on a terminal', () => {
  it('says where, who, by which way, and what to do, in a command that can be pasted', () => {
    const text = renderScanTable(report({ findings: [finding()] }));
    for (const part of [
      'HIGH  1 finding',
      'web in europe-west1',
      'iap-invoker-missing · enforce · shop',
      'IAP is shut out.',
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(text.includes('backend front (shop, global) > NEG web-eu (europe-west1)'));
    const pasted = text.slice(text.indexOf('gcloud ')).split('\n\n')[0] ?? '';
    assert.equal(pasted.replaceAll(/ \\\n\s+/g, ' '), command);
  });

  it('begins with the worst', () => {
    const findings = (['low', 'critical', 'medium', 'info', 'high'] as const).map((severity) => finding({ severity }));
    const text = renderScanTable(report({ findings }));
    const at = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'].map((word) => text.indexOf(`${word}  1 finding`));
    assert.deepEqual(
      at,
      at.toSorted((a, b) => a - b),
    );
    assert.ok(at.every((position) => position >= 0));
    assert.ok(text.includes('5 findings (1 critical, 1 high, 1 medium, 1 low, 1 info)'));
  });

  it('never calls an estate clean of which something could not be read', () => {
    const unreadable = [{ resource: service, code: 'iap-policy-not-exported', message: 'Not there.' }];
    const text = renderScanTable(report({ unreadable }));
    assert.ok(text.includes('COULD NOT BE READ  1 thing'));
    assert.ok(text.includes(service));
    assert.ok(text.includes('no finding in what could be read; 1 thing could not be'));
    assert.ok(renderScanTable(report({})).includes('no finding ·'));
  });

  it('names what was not evaluated, and why', () => {
    const notEvaluated = [
      { rule: 'contested', reason: 'needs-ledger' },
      { rule: '*', reason: 'first-generation-or-missing-function', resource: neg },
    ];
    const text = renderScanTable(report({ notEvaluated }));
    assert.match(text, /needs-ledger +contested/);
    assert.ok(text.includes(neg));
  });

  it('says how many more there are where it names only some', () => {
    const unreadable = Array.from({ length: 30 }, (_, at) => ({
      resource: `file:${at}`,
      code: 'malformed-line',
      message: 'x',
    }));
    const text = renderScanTable(report({ unreadable }), { most: 4 });
    assert.equal(text.match(/file:\d+/g)?.length, 4);
    assert.ok(text.includes('… and 26 more'));
  });

  it('shows exemptions with their end', () => {
    const exempt = [{ finding: finding(), reason: 'moving', owner: 'ann', expires: '2027-01-01' }];
    assert.match(renderScanTable(report({ exempt })), /EXEMPT {2}1 finding.*until 2027-01-01, ann: moving/s);
  });

  it('lets no foreign text reach the terminal as it is', () => {
    const evil = '\u001b[2J\r\n\u202e';
    const text = renderScanTable(
      report({
        findings: [
          finding({
            resource: `//x/${evil}`,
            rule: 'r',
            subject: evil,
            message: evil,
            hint: evil,
            have: [evil],
            via: [evil],
            note: evil,
            project: evil,
            region: evil,
            fix: { actions: [], gcloud: [evil], terraform: '' },
          }),
        ],
        exempt: [{ finding: finding({ resource: evil }), reason: evil, owner: evil, expires: evil }],
        unreadable: [{ resource: evil, code: evil, message: evil }],
        notEvaluated: [
          { rule: evil, reason: evil, resource: evil },
          { rule: evil, reason: evil },
        ],
      }),
    );
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    assert.ok(!text.includes('\\x1b[2J\\x0d\n'), 'a line end in foreign text is not one');
  });

  it('says the same with and without colours', () => {
    const one = report({ findings: [finding()], unreadable: [{ resource: 'r', code: 'c', message: 'm' }] });
    const coloured = renderScanTable(one, { palette: pc.createColors(true) });
    assert.notEqual(coloured, renderScanTable(one));
    assert.equal(stripVTControlCharacters(coloured), renderScanTable(one));
  });

  it('keeps to the width of the terminal but for words that are longer', () => {
    const text = renderScanTable(
      report({ findings: [finding({ message: 'word '.repeat(80).trim(), hint: 'more '.repeat(80).trim() })] }),
      {
        columns: 72,
      },
    );
    const prose = text.split('\n').filter((line) => /word|more/.test(line));
    assert.ok(prose.length > 10);
    for (const line of prose) assert.ok(line.length <= 72, line);
  });
});

function report(parts: Partial<ScanReport>): ScanReport {
  const findings = parts.findings ?? [];
  const countOf = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  return {
    schema: 'sallyport.scan/v1',
    source: { kind: 'live', inheritance: 'full' },
    summary: {
      projects: 1,
      backendServices: 1,
      iapSecuredBackends: 1,
      services: 1,
      accessPaths: 1,
      compliantAccessPaths: 0,
      findings: {
        critical: countOf('critical'),
        high: countOf('high'),
        medium: countOf('medium'),
        low: countOf('low'),
        info: countOf('info'),
      },
    },
    findings,
    exempt: [],
    unreadable: [],
    notEvaluated: [],
    ...parts,
  };
}

function finding(parts: Partial<Finding> = {}): Finding {
  return {
    id: '0',
    rule: 'iap-invoker-missing',
    severity: 'high',
    mode: 'enforce',
    project: 'shop',
    region: 'europe-west1',
    resource: service,
    subject: 'serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com',
    message: 'IAP is shut out.',
    hint: 'Grant it.',
    want: [],
    have: [],
    via: [`${backend} > ${neg}`],
    fix: { actions: [], gcloud: [command], terraform: '' },
    ...parts,
  };
}
