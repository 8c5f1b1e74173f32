import { type Finding, type Severity, severityRank } from '../core/finding.ts';
import type { NotEvaluated, Unreadable } from '../core/inventory.ts';
import type { ExemptFinding } from '../core/settings/exemptions.ts';
import { describeResource, describeVia } from './describe-resource.ts';
import { type Paint, type Palette, plainPalette } from './palette.ts';
import type { ScanReport } from './scan-report.ts';
import { escapeTerminal, wrapCommand, wrapWords } from './terminal-text.ts';

export interface ScanTableOptions {
  readonly palette?: Palette;
  /** Width of the terminal; 100 where there is none. */
  readonly columns?: number;
  /** Resources named for each reason in the sections at the end; the JSON report always has all. */
  readonly most?: number;
}

interface Style {
  readonly palette: Palette;
  readonly columns: number;
  readonly most: number;
}

/**
 * A scan for people: findings by severity with what to do, then what could not be read and what was not judged, then one
 * line that sums up. Pure; all foreign text is escaped. Ends with a line end.
 */
export function renderScanTable(report: ScanReport, options: ScanTableOptions = {}): string {
  const { palette = plainPalette, columns = 100, most = 10 } = options;
  const style = { palette, columns: Math.max(60, columns), most };
  const sections = [
    ...severities.map((severity) => renderSeverity(severity, report.findings, style)),
    renderExempt(report.exempt, style),
    renderUnreadable(report.unreadable, style),
    renderNotEvaluated(report.notEvaluated, style),
    renderSummary(report, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

function renderSeverity(severity: Severity, all: readonly Finding[], style: Style): readonly string[] {
  const findings = all.filter((finding) => finding.severity === severity);
  if (findings.length === 0) return [];
  const paint = severityPaint(severity, style.palette);
  const title = `${severity.toUpperCase()}  ${count(findings.length, 'finding')}`;
  return [
    style.palette.bold(paint(title)),
    ...findings.flatMap((finding) => ['', ...renderFinding(finding, paint, style)]),
  ];
}

function renderFinding(finding: Finding, paint: Paint, style: Style): readonly string[] {
  const { palette, columns } = style;
  const shown = describeResource(finding.resource);
  const field = (name: string, lines: readonly string[], look: Paint = plainPalette.bold): readonly string[] =>
    lines.map((line, index) => `    ${palette.dim((index === 0 ? name : '').padEnd(8))}${look(line)}`);
  const words = (text: string) => wrapWords(escapeTerminal(text), columns - 12);
  return [
    `  ${paint('●')} ${palette.bold(shown)}  ${palette.dim(escapeTerminal(`${finding.rule} · ${finding.mode} · ${finding.project}`))}`,
    ...wrapWords(escapeTerminal(finding.message), columns - 4).map((line) => `    ${line}`),
    ...field('member', finding.subject === '' ? [] : [escapeTerminal(finding.subject)]),
    ...finding.via.flatMap((via, index) => field(index === 0 ? 'via' : '', [describeVia(via)])),
    ...field('have', finding.have.flatMap(words)),
    ...field('by', finding.actor === undefined ? [] : words(finding.actor)),
    ...field('hint', words(finding.hint)),
    ...finding.fix.gcloud.flatMap((command) =>
      field('do', wrapCommand(escapeTerminal(command), columns - 12), palette.cyan),
    ),
    ...(finding.note === undefined ? [] : field('note', words(finding.note))),
  ];
}

function renderExempt(exempt: readonly ExemptFinding[], { palette }: Style): readonly string[] {
  if (exempt.length === 0) return [];
  return [
    palette.bold(`EXEMPT  ${count(exempt.length, 'finding')} by somebody's decision`),
    '',
    ...exempt.map(({ finding, owner, reason, expires }) => {
      const what = `${describeResource(finding.resource)}  ${escapeTerminal(finding.rule)} · ${finding.severity}`;
      return `  ${palette.dim('○')} ${what}  ${palette.dim(escapeTerminal(`until ${expires}, ${owner}: ${reason}`))}`;
    }),
  ];
}

function renderUnreadable(unreadable: readonly Unreadable[], style: Style): readonly string[] {
  if (unreadable.length === 0) return [];
  const { palette, columns } = style;
  const byCode = Map.groupBy(unreadable, ({ code }) => code);
  return [
    palette.bold(palette.yellow(`COULD NOT BE READ  ${count(unreadable.length, 'thing')}: nothing is said about them`)),
    ...[...byCode].flatMap(([code, entries]) => [
      '',
      `  ${palette.yellow('?')} ${palette.bold(escapeTerminal(code))}  ${palette.dim(`× ${entries.length}`)}`,
      ...(isSame(entries)
        ? wrapWords(escapeTerminal(entries[0]?.message ?? ''), columns - 4).map((line) => `    ${palette.dim(line)}`)
        : []),
      ...entries
        .slice(0, style.most)
        .flatMap((entry) => [
          `    ${escapeTerminal(entry.resource)}`,
          ...(isSame(entries)
            ? []
            : wrapWords(escapeTerminal(entry.message), columns - 6).map((line) => `      ${palette.dim(line)}`)),
        ]),
      ...moreThan(entries.length, style),
    ]),
  ];
}

function isSame(entries: readonly Unreadable[]): boolean {
  return entries.every(({ message }) => message === entries[0]?.message);
}

function renderNotEvaluated(notEvaluated: readonly NotEvaluated[], style: Style): readonly string[] {
  if (notEvaluated.length === 0) return [];
  const { palette, columns } = style;
  const byReason = Map.groupBy(notEvaluated, ({ reason }) => escapeTerminal(reason));
  const widest = Math.max(...[...byReason.keys()].map((reason) => reason.length));
  return [
    palette.bold('NOT EVALUATED  silence about these is no all-clear'),
    '',
    ...[...byReason].flatMap(([reason, entries]) => {
      const whole = entries.filter(({ resource }) => resource === undefined).map(({ rule }) => nameRule(rule));
      const single = entries.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
      const rules = whole.length === 0 ? [] : wrapWords(whole.join(', '), columns - widest - 4);
      const named = [...rules, ...single.slice(0, style.most).map(escapeTerminal), ...moreThan(single.length, style)];
      return named.map((text, index) => `  ${palette.dim((index === 0 ? reason : '').padEnd(widest))}  ${text.trim()}`);
    }),
  ];
}

function nameRule(rule: string): string {
  return rule === '*' ? 'all rules' : escapeTerminal(rule);
}

function moreThan(length: number, { most, palette }: Style): readonly string[] {
  return length > most ? [`    ${palette.dim(`… and ${length - most} more; --format json names them all`)}`] : [];
}

function renderSummary({ summary, findings, unreadable, source }: ScanReport, { palette }: Style): readonly string[] {
  const worst = [...findings].sort((a, b) => severityRank[a.severity] - severityRank[b.severity])[0];
  const counts = severities
    .filter((severity) => summary.findings[severity] > 0)
    .map((severity) => `${summary.findings[severity]} ${severity}`);
  const verdict = worst
    ? severityPaint(worst.severity, palette)(`${count(findings.length, 'finding')} (${counts.join(', ')})`)
    : unreadable.length > 0
      ? palette.yellow(`no finding in what could be read; ${count(unreadable.length, 'thing')} could not be`)
      : palette.green('no finding');
  const from = source.files ? `${count(source.files.length, 'file')} of an asset export` : 'live APIs';
  return [
    `${palette.bold(verdict)} · ${summary.compliantAccessPaths} of ${count(summary.accessPaths, 'access path')} in order`,
    palette.dim(
      `${count(summary.projects, 'project')} · ${count(summary.backendServices, 'backend service')}, ${summary.iapSecuredBackends} with IAP · ${count(summary.services, 'service')} behind IAP · ${from}`,
    ),
    ...(source.inheritance === 'partial'
      ? [
          palette.dim(
            'Policies of some project, folder or organisation were not in the input: inherited grants may be missed.',
          ),
        ]
      : []),
  ];
}

function severityPaint(severity: Severity, palette: Palette): Paint {
  switch (severity) {
    case 'critical':
    case 'high':
      return palette.red;
    case 'medium':
      return palette.yellow;
    case 'low':
    case 'info':
      return palette.cyan;
  }
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
