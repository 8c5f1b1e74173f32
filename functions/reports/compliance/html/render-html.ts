import { html, raw } from 'hono/html';
import type { ComplianceReport } from '../compliance-report.ts';
import { dayText, timeText } from '../count-days.ts';
import { renderControls } from './controls-section.ts';
import { renderFindings } from './findings-section.ts';
import { renderGaps } from './gaps-section.ts';
import { renderHistory } from './history-section.ts';
import { renderPaths } from './paths-section.ts';
import { style } from './style.ts';
import { renderSummary } from './summary-section.ts';

/**
 * The report as one HTML file: no script, no font, no picture from elsewhere, so that it reads the same in ten years and
 * without a network. Foreign text is escaped by the template. Pure.
 */
export function renderHtml(report: ComplianceReport): string {
  const { period, projects, scan } = report;
  const title = `Compliance report, ${dayText(report.generatedAt)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
  <p class="brand">Sallyport</p>
  <h1>${title}</h1>
  <p class="lead">Who may reach Cloud Run services behind Identity-Aware Proxy, in every region: what is so now, and what
  was done since ${dayText(period.from)}.</p>
  <dl class="facts">
    <div><dt>Projects</dt><dd>${describeProjects(projects)}</dd></div>
    <div><dt>Read</dt><dd>${timeText(report.generatedAt)} UTC, ${scan.source.kind === 'live' ? 'from the live APIs' : 'from asset exports'}</dd></div>
    <div><dt>Period</dt><dd>${timeText(period.from)} to ${timeText(period.to)} UTC</dd></div>
  </dl>
</header>
<main>
${renderSummary(report)}
${renderPaths(report)}
${renderFindings(report)}
${renderHistory(report)}
${renderGaps(report)}
${renderControls(report)}
</main>
<footer>
  <p>Report ${report.id} · written by ${report.writtenBy} · settings ${report.settingsHash} · the same numbers are in report.json;
  manifest.json holds the SHA-256 of every file.</p>
</footer>
</body>
</html>
`.toString();
}

function describeProjects(projects: readonly string[]): string {
  if (projects.length <= 6) return projects.join(', ');
  return `${projects.slice(0, 5).join(', ')} and ${projects.length - 5} more`;
}
