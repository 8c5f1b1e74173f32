import { type Severity, severityRank } from '../core/finding.ts';
import type { PlanFinding, PlanUnknown } from '../core/terraform-plan/check-plan.ts';
import type { Location } from '../core/terraform-plan/terraform-source.ts';
import type { CheckPlanReport } from './check-plan-report.ts';
import { type RuleText, ruleTexts } from './rule-texts.ts';

export interface CheckPlanSarifOptions {
  readonly version: string;
  /** The home of what has no place of its own: the root module's main.tf, or the settings file. */
  readonly fallbackFile: string;
}

/** A checked plan as SARIF 2.1.0, as GitHub code scanning takes it (FACTS 20): no empty text, one location each, at most 25,000 results. Pure. */
export function buildCheckPlanSarif(report: CheckPlanReport, options: CheckPlanSarifOptions): unknown {
  const home: Location = { file: options.fallbackFile, line: 1 };
  const results = [
    ...report.findings.map((finding) => findingResult(finding, home)),
    ...report.unknown.map((unknown) => unknownResult(unknown, home)),
  ].slice(0, mostResults);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Sallyport', version: options.version, rules: buildRules(report) } },
        automationDetails: { id: 'sallyport/check-plan/' },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
}

const mostResults = 25_000;

const unknownText: RuleText = {
  short: 'A door depends on a value that is known only after apply',
  full: 'Nothing is said about it, good or bad. Check the estate after apply with sallyport scan.',
};

function buildRules({ findings, unknown }: CheckPlanReport): readonly unknown[] {
  const worst = new Map<string, Severity>();
  for (const { rule, severity } of findings) {
    const known = worst.get(rule);
    if (known === undefined || severityRank[severity] < severityRank[known]) worst.set(rule, severity);
  }
  const rules = [...worst].map(([id, severity]) =>
    buildRule(id, ruleTexts[id] ?? { short: id, full: id }, levels[severity], {
      'security-severity': scores[severity],
    }),
  );
  const codes = [...new Set(unknown.map(({ code }) => code))];
  return [...rules, ...codes.map((code) => buildRule(code, unknownText, 'warning', {}))];
}

function buildRule(id: string, { short, full }: RuleText, level: string, properties: object): unknown {
  return {
    id,
    name: id,
    shortDescription: { text: short },
    fullDescription: { text: full },
    help: { text: `${full} See docs/rules/${id}.md of Sallyport.` },
    defaultConfiguration: { level },
    properties: { tags: ['security', 'cloud-run', 'iap'], ...properties },
  };
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** GitHub's bands: over 9.0 critical, 7.0-8.9 high, 4.0-6.9 medium, below low. */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.5',
};

function findingResult(finding: PlanFinding, home: Location): unknown {
  const { address, message, note, hint, related } = finding;
  return {
    ruleId: finding.rule,
    level: levels[finding.severity],
    message: { text: [message, note, hint, address && `Terraform: ${address}.`].filter(isText).join(' ') },
    locations: [buildLocation(finding.location ?? home, address)],
    ...(related.length > 0
      ? {
          relatedLocations: related.slice(0, 100).map((place, id) => ({
            id,
            ...buildLocation(place.location ?? home, place.address),
            message: { text: place.address },
          })),
        }
      : {}),
    partialFingerprints: { primaryLocationLineHash: `${finding.id}:1` },
  };
}

function unknownResult({ code, message, hint, address, location, services }: PlanUnknown, home: Location): unknown {
  const about = services.length > 0 ? `It is about ${services.join(', ')}.` : undefined;
  return {
    ruleId: code,
    level: 'warning',
    message: { text: [message, hint, about, address && `Terraform: ${address}.`].filter(isText).join(' ') },
    locations: [buildLocation(location ?? home, address)],
  };
}

function buildLocation({ file, line }: Location, address: string | undefined): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
      region: { startLine: line, startColumn: 1, endLine: line, endColumn: 2 },
    },
    ...(address ? { logicalLocations: [{ fullyQualifiedName: address, kind: 'resource' }] } : {}),
  };
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
