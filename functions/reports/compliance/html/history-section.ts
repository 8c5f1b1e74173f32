import { html, raw } from 'hono/html';
import { describeChange } from '../../../actions/index.ts';
import type { Change } from '../../../core/change/change.ts';
import { escapeTerminal } from '../../terminal-text.ts';
import type { ComplianceReport, ReportedHistory } from '../compliance-report.ts';
import { spanText, timeText } from '../count-days.ts';
import { drawHistory } from './history-chart.ts';

/** Rows of a table; the JSON has all. */
const mostRows = 100;

/** What the ledger remembers of the period: findings over time, repairs, changes, answers of people, sweeps. */
export function renderHistory({ history }: ComplianceReport) {
  if (!history) {
    return html`<section><h2>What was done</h2><p>Not known: this report was made without a ledger.</p></section>`;
  }
  const { repairs } = history;
  return html`<section>
<h2>Findings and repairs over time</h2>
<figure>${raw(drawHistory(history.days))}
<figcaption class="legend"><span><i class="bad">■</i> opened</span><span><i class="ok">▨</i> resolved</span><span><i class="line">—</i> open at the end of the day (UTC)</span></figcaption></figure>
<p>${describeRepairs(repairs)}</p>
<h2>Changes made</h2>
${renderChanges(history.changes)}
<h2>Approvals</h2>
${renderApprovals(history.approvals)}
<h2>Sweeps and pauses</h2>
${renderSweeps(history)}
</section>`;
}

function describeRepairs({ count, bySallyport, atOnce, ...times }: ReportedHistory['repairs']): string {
  const { meanMs, medianMs, longestMs } = times;
  const mended =
    atOnce === 0
      ? ''
      : `${atOnce} ${atOnce === 1 ? 'finding was' : 'findings were'} mended in the run that found ${atOnce === 1 ? 'it' : 'them'}. `;
  if (meanMs === undefined || medianMs === undefined || longestMs === undefined)
    return `${mended}No ${atOnce === 0 ? '' : 'other '}finding was resolved in the period.`;
  const more = `${count} ${atOnce === 0 ? '' : 'more '}${count === 1 ? 'finding was' : 'findings were'} resolved`;
  return `${mended}${more}, ${bySallyport} of them by Sallyport. Time to repair: mean ${spanText(meanMs)}, median ${spanText(medianMs)}, longest ${spanText(longestMs)}.`;
}

function renderChanges(changes: readonly Change[]) {
  if (changes.length === 0) return html`<p>None in the period.</p>`;
  return html`<table><tr><th>When (UTC)</th><th>What</th><th>Result</th><th>By</th></tr>
${changes.slice(0, mostRows).map((change) => html`<tr><td class="t">${timeText(change.at)}</td><td>${visible(describeChange(change.change))}</td><td class="s">${describeResult(change)}</td><td class="s">${describeAuthor(change)}</td></tr>`)}</table>${renderRest(changes.length)}`;
}

function describeResult({ result }: Change): string {
  if (!result) return 'not known: its run has not ended';
  if (result.outcome === 'failed') return `failed (${result.code ?? 'unknown'})`;
  return result.outcome === 'applied' ? 'made' : 'nothing had to be changed';
}

function describeAuthor(change: Change): string {
  const { approvedBy, approvalId } = change;
  if (approvalId !== undefined) return visible(`Sallyport, approved by ${approvedBy ?? 'somebody'}`);
  const isUndo = 'undoes' in change.change && change.change.undoes !== undefined;
  // An undo is always a person's, also where nobody knew their name.
  if (isUndo || approvedBy !== undefined)
    return visible(`${approvedBy ?? 'a person'}, with sallyport ${isUndo ? 'undo' : 'fix'}`);
  return 'Sallyport';
}

function renderApprovals(approvals: ReportedHistory['approvals']) {
  if (approvals.length === 0) return html`<p>Nobody was asked in the period.</p>`;
  return html`<table><tr><th>Asked (UTC)</th><th>Changes</th><th>State</th><th>Answered by</th></tr>
${approvals.slice(0, mostRows).map(({ id, askedAt, changes, state, decision }) => html`<tr><td class="t">${timeText(askedAt)}<br><code>${id}</code></td><td>${changes.map(({ change }) => html`<div class="step">${visible(describeChange(change))}</div>`)}</td><td class="s">${state}</td><td class="s">${decision ? html`${visible(decision.by)}<br><span class="where">${timeText(decision.at)}</span>` : 'nobody'}</td></tr>`)}</table>${renderRest(approvals.length)}`;
}

function renderSweeps({ sweeps, pauses }: ReportedHistory) {
  const incomplete = sweeps.filter(({ unreadable }) => unreadable.length > 0);
  return html`<p>${sweeps.length} ${sweeps.length === 1 ? 'sweep' : 'sweeps'} looked at all projects in scope; ${incomplete.length} could not read everything.</p>
${
  incomplete.length > 0
    ? html`<table><tr><th>Sweep (UTC)</th><th class="n">Projects</th><th>Could not be read</th></tr>
${incomplete.slice(0, mostRows).map(
  (sweep) =>
    html`<tr><td class="t">${timeText(sweep.startedAt)}</td><td class="n">${sweep.projects}</td><td>${visible(
      sweep.unreadable
        .slice(0, 10)
        .map(({ project, code }) => `${project} (${code})`)
        .join(', '),
    )}${sweep.unreadable.length > 10 ? ` and ${sweep.unreadable.length - 10} more` : ''}</td></tr>`,
)}</table>${renderRest(incomplete.length)}`
    : ''
}
${
  pauses.length === 0
    ? html`<p>Writes were not paused.</p>`
    : html`<table><tr><th>When (UTC)</th><th>Pause</th><th>Who</th><th>Why</th></tr>
${pauses.slice(0, mostRows).map(({ at, paused, who, why }) => html`<tr><td class="t">${timeText(at)}</td><td>${paused ? 'begun' : 'ended'}</td><td>${visible(who)}</td><td>${visible(why)}</td></tr>`)}</table>`
}`;
}

function renderRest(count: number) {
  return count > mostRows ? html`<p class="note">${count - mostRows} more are in report.json.</p>` : '';
}

function visible(text: string): string {
  return escapeTerminal(text);
}
