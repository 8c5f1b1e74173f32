import type { NotEvaluated } from '../core/inventory.ts';
import type { Place, PlanFinding, PlanService, PlanUnknown } from '../core/terraform-plan/check-plan.ts';
import type { CheckPlanReport } from './check-plan-report.ts';
import { describeResource } from './describe-resource.ts';
import { type Paint, type Palette, plainPalette } from './palette.ts';
import { escapeTerminal, wrapWords } from './terminal-text.ts';

export interface CheckPlanTableOptions {
  readonly palette?: Palette;
  /** Width of the terminal; 100 where there is none. */
  readonly columns?: number;
}

interface Style {
  readonly palette: Palette;
  readonly columns: number;
}

/** A checked plan for people: each service's doors, the findings with their place, what stays unknown, one line that sums up. Pure; ends with a line end. */
export function renderCheckPlanTable(report: CheckPlanReport, options: CheckPlanTableOptions = {}): string {
  const { palette = plainPalette, columns = 100 } = options;
  const style = { palette, columns: Math.max(60, columns) };
  const sections = [
    renderServices(report.services, style),
    ...report.findings.map((finding) => renderFinding(finding, style)),
    renderExempt(report, style),
    renderUnknown(report.unknown, style),
    renderNotEvaluated(report.notEvaluated, style),
    renderSummary(report, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function renderServices(services: readonly PlanService[], { palette }: Style): readonly string[] {
  if (services.length === 0) return [];
  const named = services.map((service) => ({
    ...service,
    shown: describeResource(service.resource),
    words: service.doors.length === 0 ? 'in order' : service.doors.join(', '),
  }));
  const widest = Math.max(...named.map(({ shown }) => shown.length));
  const longest = Math.max(18, ...named.map(({ words }) => words.length));
  return [
    palette.bold('DOORS AFTER APPLY'),
    '',
    ...named.map(({ shown, doors, words, ...place }) => {
      const paint = doors.length === 0 ? palette.green : doors.includes('public') ? palette.red : palette.yellow;
      return `  ${paint(doors.length === 0 ? '✔' : '✘')} ${shown.padEnd(widest)}  ${paint(words.padEnd(longest))} ${palette.dim(describePlace(place))}`;
    }),
  ];
}

function renderFinding(finding: PlanFinding, style: Style): readonly string[] {
  const { palette, columns } = style;
  const paint = severityPaint(finding, palette);
  const field = (name: string, lines: readonly string[]): readonly string[] =>
    lines.map((line, index) => `    ${palette.dim((index === 0 ? name : '').padEnd(8))}${line}`);
  const words = (text: string) => wrapWords(escapeTerminal(text), columns - 12);
  const title = `${finding.severity.toUpperCase()}  ${describeResource(finding.resource)}`;
  return [
    `${paint(palette.bold(title))}  ${palette.dim(escapeTerminal(finding.rule))}`,
    ...wrapWords(escapeTerminal(finding.message), columns - 4).map((line) => `    ${line}`),
    ...field('where', finding.address === undefined ? [] : [describePlace({ ...finding, address: finding.address })]),
    ...finding.related.flatMap((place) => field('see', [describePlace(place)])),
    ...field('subject', finding.subject === '' ? [] : [escapeTerminal(finding.subject)]),
    ...field('have', finding.have.flatMap(words)),
    ...(finding.note === undefined ? [] : field('note', words(finding.note))),
    ...field('hint', words(finding.hint)),
    // Elsewhere the place and the hint say it; the code is in the JSON report.
    ...(finding.rule === 'iap-invoker-missing' ? renderFix(finding, style) : []),
  ];
}

function renderFix({ fix }: PlanFinding, { palette }: Style): readonly string[] {
  return fix.terraform.trimEnd() === ''
    ? []
    : [
        '',
        ...fix.terraform
          .trimEnd()
          .split('\n')
          .map((line) => `      ${palette.cyan(escapeTerminal(line))}`),
      ];
}

function renderExempt({ exempt }: CheckPlanReport, { palette }: Style): readonly string[] {
  if (exempt.length === 0) return [];
  return [
    palette.bold(`EXEMPT  ${count(exempt.length, 'finding')} by somebody's decision`),
    '',
    ...exempt.map(({ finding, owner, reason, expires }) =>
      escapeTerminal(`  ${finding.rule} on ${finding.resource} until ${expires}, ${owner}: ${reason}`),
    ),
  ];
}

function renderUnknown(unknown: readonly PlanUnknown[], { palette, columns }: Style): readonly string[] {
  if (unknown.length === 0) return [];
  return [
    palette.bold(
      palette.yellow(`NOT KNOWN BEFORE APPLY  ${count(unknown.length, 'thing')}: nothing is said about them`),
    ),
    ...unknown.flatMap(({ address, message, hint, code, services, ...place }) => [
      '',
      `  ${palette.yellow('?')} ${palette.bold(address === undefined ? code : describePlace({ ...place, address }))}`,
      ...wrapWords(escapeTerminal(message), columns - 4).map((line) => `    ${line}`),
      ...services.map((service) => `    ${palette.dim(`about ${describeResource(service)}`)}`),
      ...(hint === undefined ? [] : [`    ${escapeTerminal(hint)}`]),
    ]),
  ];
}

function renderNotEvaluated(notEvaluated: readonly NotEvaluated[], { palette, columns }: Style): readonly string[] {
  if (notEvaluated.length === 0) return [];
  const byReason = Map.groupBy(notEvaluated, ({ reason }) => reason);
  return [
    palette.bold('NOT EVALUATED  silence about these is no all-clear'),
    ...[...byReason].flatMap(([reason, entries]) => {
      const words = entries.map(({ rule, resource }) => {
        const name = rule === '*' ? 'all rules' : rule;
        return resource === undefined ? name : `${name} on ${describeResource(resource)}`;
      });
      return ['', `  ${reason}`, ...wrapWords(words.join(', '), columns - 4).map((line) => `    ${palette.dim(line)}`)];
    }),
  ];
}

function renderSummary({ summary, findings, unknown, source }: CheckPlanReport, { palette }: Style): readonly string[] {
  const [worst] = findings;
  const verdict = worst
    ? severityPaint(worst, palette)(count(findings.length, 'finding'))
    : unknown.length > 0
      ? palette.yellow(`no finding in what is known; ${count(unknown.length, 'thing')} not known before apply`)
      : palette.green('no finding');
  const { doors } = summary;
  const counted = (['shut', 'by-passed', 'public', 'unknown'] as const)
    .filter((door) => doors[door] > 0)
    .map((door) => `${doors[door]} ${door}`);
  const states = [...counted, `${doors['in-order']} in order`].join(', ');
  return [
    `${palette.bold(verdict)} · ${count(summary.services, 'service')} behind IAP after apply: ${states}`,
    palette.dim(
      escapeTerminal(
        `${count(summary.backendServices, 'backend service')}, ${summary.iapSecuredBackends} with IAP · ${source.file}, Terraform ${source.terraformVersion}`,
      ),
    ),
  ];
}

/** `main.tf:12  google_cloud_run_v2_service.shop` */
function describePlace({ address, location }: Place): string {
  return escapeTerminal(location ? `${location.file}:${location.line}  ${address}` : address);
}

function severityPaint({ severity }: PlanFinding, palette: Palette): Paint {
  if (severity === 'critical' || severity === 'high') return palette.red;
  return severity === 'medium' ? palette.yellow : palette.cyan;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
