import assert from 'node:assert/strict';
import type { PlanCheck, PlanFinding } from '../../../functions/core/terraform-plan/check-plan.ts';
import { planRules } from '../../../functions/core/terraform-plan/plan-rules.ts';
import { buildCheckPlanReport } from '../../../functions/reports/check-plan-report.ts';
import { buildCheckPlanSarif } from '../../../functions/reports/check-plan-sarif.ts';
import { renderCheckPlanTable } from '../../../functions/reports/check-plan-table.ts';
import { ruleTexts } from '../../../functions/reports/rule-texts.ts';

const finding: PlanFinding = {
  id: '0123456789abcdef',
  rule: 'iap-invoker-missing',
  severity: 'high',
  mode: 'approve',
  project: 'acme-prod',
  region: 'europe-west1',
  resource: '//run.googleapis.com/projects/acme-prod/locations/europe-west1/services/shop',
  subject: 'serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com',
  message: 'The agent may not invoke shop.',
  hint: '',
  want: [],
  have: [],
  via: ['direct'],
  fix: { actions: [], gcloud: [], terraform: 'resource "x" "y" {}\n' },
  door: 'shut',
  address: 'google_cloud_run_v2_service.shop',
  location: { file: 'my module/main.tf', line: 12 },
  related: [{ address: 'google_cloud_run_v2_service_iam_binding.shop' }],
};

function sarifOf(check: Partial<PlanCheck>, fallbackFile = 'main.tf'): Sarif {
  const whole: PlanCheck = {
    terraformVersion: '1.11.4',
    services: [],
    findings: [],
    exempt: [],
    unknown: [],
    notEvaluated: [],
    backendServices: 0,
    iapSecuredBackends: 0,
    accessPaths: 0,
    ...check,
  };
  const report = buildCheckPlanReport(whole, 'plan.json');
  return JSON.parse(JSON.stringify(buildCheckPlanSarif(report, { version: '0.1.0', fallbackFile })));
}

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly SarifRule[] } };
    readonly automationDetails: { readonly id: string };
    readonly results: readonly SarifResult[];
  }[];
}

interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly properties: { readonly tags: readonly string[]; readonly 'security-severity'?: string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: Readonly<Record<'startLine' | 'startColumn' | 'endLine' | 'endColumn', number>>;
    };
  }[];
  readonly partialFingerprints?: Readonly<Record<string, string>>;
}

const unknown = { code: 'unknown-until-apply', message: 'Its ingress is known only after apply.', services: [] };

describe('buildCheckPlanSarif', () => {
  it('has every part that GitHub code scanning requires, and no empty text', () => {
    const sarif = sarifOf({ findings: [finding], unknown: [unknown] });
    assert.equal(sarif.version, '2.1.0');
    assert.match(sarif.$schema, /sarif-2\.1\.0/);
    const [run] = sarif.runs;
    assert.equal(run?.tool.driver.name, 'Sallyport');
    assert.deepEqual(
      run?.tool.driver.rules.map(({ id }) => id),
      ['iap-invoker-missing', 'unknown-until-apply'],
    );
    for (const rule of run?.tool.driver.rules ?? []) {
      assert.ok(rule.name.length <= 255 && rule.properties.tags.length <= 10);
      for (const { text } of [rule.shortDescription, rule.fullDescription, rule.help]) {
        assert.ok(text.length > 0 && text.length <= 1024);
      }
    }
    for (const result of run?.results ?? []) {
      assert.ok(run?.tool.driver.rules.some(({ id }) => id === result.ruleId));
      assert.equal(result.locations.length, 1);
      const region = result.locations[0]?.physicalLocation.region;
      assert.ok(
        region && region.startLine >= 1 && region.endLine >= region.startLine && region.endColumn > region.startColumn,
      );
    }
    assert.doesNotMatch(JSON.stringify(sarif), /""/);
  });

  it('points at file and line, with a path that is a URI, and keeps its fingerprint', () => {
    const [result] = sarifOf({ findings: [finding] }).runs[0]?.results ?? [];
    assert.equal(result?.locations[0]?.physicalLocation.artifactLocation.uri, 'my%20module/main.tf');
    assert.equal(result?.locations[0]?.physicalLocation.region.startLine, 12);
    assert.deepEqual(result?.partialFingerprints, { primaryLocationLineHash: '0123456789abcdef:1' });
    assert.match(result?.message.text ?? '', /Terraform: google_cloud_run_v2_service\.shop\./);
  });

  it('gives what has no place a home: line 1 of the file it is told', () => {
    const { location: _, ...homeless } = finding;
    const { results } = sarifOf({ findings: [homeless], unknown: [unknown] }, 'sallyport.yaml').runs[0] ?? {
      results: [],
    };
    for (const { locations } of results) {
      assert.equal(locations[0]?.physicalLocation.artifactLocation.uri, 'sallyport.yaml');
      assert.equal(locations[0]?.physicalLocation.region.startLine, 1);
    }
    assert.equal(results.length, 2);
  });

  it("puts severities into GitHub's bands, the worst of a rule where they differ", () => {
    const of = (severity: PlanFinding['severity'], id: string): PlanFinding => ({
      ...finding,
      rule: 'public-invoker',
      severity,
      id,
    });
    const [run] = sarifOf({ findings: [of('medium', 'a'), of('critical', 'b'), of('low', 'c')] }).runs;
    assert.deepEqual(
      run?.results.map(({ level }) => level),
      ['warning', 'error', 'note'],
    );
    assert.ok(Number(run?.tool.driver.rules[0]?.properties['security-severity']) > 9);
    assert.ok(run?.tool.driver.rules[0]?.properties.tags.includes('security'));
  });

  it('stays below 25,000 results', () => {
    const many = Array.from({ length: 25_100 }, () => finding);
    assert.equal(sarifOf({ findings: many }).runs[0]?.results.length, 25_000);
  });

  it('has words for every rule that a plan can answer', () => {
    assert.deepEqual(
      planRules.map(({ id }) => id).filter((id) => !(id in ruleTexts)),
      [],
    );
  });
});

describe('renderCheckPlanTable', () => {
  it('escapes what an address or a name could do to a terminal', () => {
    const report = buildCheckPlanReport(
      {
        terraformVersion: '1.11.4\u001b[2J',
        services: [{ resource: finding.resource, address: 'x["\u001b[31m"]', doors: ['shut'] }],
        findings: [{ ...finding, message: 'a\u001b]0;b', address: 'y["\u202e"]' }],
        exempt: [],
        unknown: [{ ...unknown, address: 'z["\u0007"]' }],
        notEvaluated: [],
        backendServices: 1,
        iapSecuredBackends: 1,
        accessPaths: 1,
      },
      'plan\u001b.json',
    );
    const table = renderCheckPlanTable(report);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    assert.doesNotMatch(table, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.match(table, /1 shut/);
  });
});
