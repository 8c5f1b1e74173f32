import { html } from 'hono/html';
import { escapeTerminal } from '../../terminal-text.ts';
import type { ComplianceReport } from '../compliance-report.ts';

/** Rows of a table; the JSON has all. */
const mostRows = 100;

/** What could not be read, and which rules were not answered: an auditor must not take silence for "in order". */
export function renderGaps({ scan, unreadableProjects }: ComplianceReport) {
  const unread = [
    ...unreadableProjects.map(({ project, code }) => ({
      resource: `project ${project}`,
      code,
      message: 'The whole project could not be read.',
    })),
    ...scan.unreadable,
  ];
  return html`<section>
<h2>What could not be read</h2>
${
  unread.length === 0
    ? html`<p>Nothing: all that was asked for was answered.</p>`
    : html`<p>None of this counts as compliant.</p><table><tr><th>Resource</th><th>Code</th><th>Why</th></tr>
${unread.slice(0, mostRows).map(({ resource, code, message }) => html`<tr><td>${escapeTerminal(resource)}</td><td>${code}</td><td>${escapeTerminal(message)}</td></tr>`)}</table>${renderRest(unread.length)}`
}
<h2>What was not evaluated</h2>
${
  scan.notEvaluated.length === 0
    ? html`<p>Every rule was answered.</p>`
    : html`<table><tr><th>Rule</th><th>Why</th><th>Where</th></tr>
${scan.notEvaluated.slice(0, mostRows).map(({ rule, reason, resource }) => html`<tr><td>${rule === '*' ? 'all rules' : rule}</td><td>${reason}</td><td>${resource === undefined ? 'everywhere' : escapeTerminal(resource)}</td></tr>`)}</table>${renderRest(scan.notEvaluated.length)}`
}
</section>`;
}

function renderRest(count: number) {
  return count > mostRows ? html`<p class="note">${count - mostRows} more are in report.json.</p>` : '';
}
