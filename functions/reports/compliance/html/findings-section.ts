import { html } from 'hono/html';
import type { Finding } from '../../../core/finding.ts';
import { describeResource, describeVia } from '../../describe-resource.ts';
import { escapeTerminal } from '../../terminal-text.ts';
import type { ComplianceReport } from '../compliance-report.ts';
import { controlsOf } from '../controls.ts';
import { dayText } from '../count-days.ts';

/** Findings that are told at length; of the rest the table has a line each. */
const atLength = 30;

/** What is wrong now, the worst first, with what to do about it; and what somebody has decided to live with. */
export function renderFindings({ scan, history, exemptions }: ComplianceReport) {
  const openedAt = new Map(
    history?.stays.filter(({ resolvedAt }) => resolvedAt === undefined).map((stay) => [stay.finding.id, stay.openedAt]),
  );
  const [long, short] = [scan.findings.slice(0, atLength), scan.findings.slice(atLength)];
  return html`<section>
<h2>Findings</h2>
${scan.findings.length === 0 ? html`<p>There is none in what was read.</p>` : ''}
${long.map((finding) => renderFinding(finding, openedAt.get(finding.id)))}
${
  short.length > 0
    ? html`<h3>${short.length} more</h3><table><tr><th>Severity</th><th>Rule</th><th>Where</th><th>What</th></tr>
${short.map(({ severity, rule, resource, message }) => html`<tr><td class="${severity}">${severity}</td><td>${rule}</td><td>${describeResource(resource)}</td><td>${visible(message)}</td></tr>`)}</table>`
    : ''
}
<h2>Exemptions</h2>
${
  exemptions.length === 0
    ? html`<p>There is none.</p>`
    : html`<table><tr><th>Rule and resource</th><th>Decided by</th><th>Why</th><th>Ends</th><th class="n">Covers</th></tr>
${exemptions.map((one) => html`<tr><td>${one.rule}<br><span class="where">${visible(one.resource)}${one.subject === undefined ? '' : html` · ${visible(one.subject)}`}</span></td><td>${visible(one.owner)}</td><td>${visible(one.reason)}</td><td class="t">${one.expires}<br><span class="where">${describeEnd(one.daysLeft)}</span></td><td class="n">${one.covers}</td></tr>`)}</table>`
}
</section>`;
}

function renderFinding(finding: Finding, openedAt: number | undefined) {
  const { severity, rule, resource, region, message, hint, via, fix, actor, note, subject } = finding;
  const controls = controlsOf(rule);
  return html`<article class="finding">
<h3><span class="sev ${severity}">${severity}</span> ${describeResource(resource)} <code>${rule}</code></h3>
<p>${visible(message)}</p>
<p class="where">${visible(resource)} · ${region}${subject === '' ? '' : html` · ${visible(subject)}`}${openedAt === undefined ? '' : html` · open since ${dayText(openedAt)}`}${actor === undefined ? '' : html` · caused by ${visible(actor)}`}</p>
${via.length > 0 ? html`<p class="where">Reached through ${via.map(describeVia).join('; ')}</p>` : ''}
<p>${visible(hint)}</p>
${note === undefined ? '' : html`<p class="note">${visible(note)}</p>`}
${fix.gcloud.length > 0 ? html`<pre>${fix.gcloud.map((command, index) => html`${index === 0 ? '' : '\n'}${renderCommand(command)}`)}</pre>` : ''}
${controls.length > 0 ? html`<p class="note">Relates to ${controls.join(' · ')}</p>` : ''}
</article>`;
}

/** A word stays whole where it can: a line that ends in `--` is hard to read. */
function renderCommand(command: string) {
  return visible(command)
    .split(' ')
    .map((word, index) => html`${index === 0 ? '' : ' '}<span>${word}</span>`);
}

function describeEnd(daysLeft: number): string {
  if (daysLeft <= 0) return 'has ended';
  return daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;
}

/** Marks that turn the direction of writing would make a name read as another one. */
function visible(text: string): string {
  return text.split('\n').map(escapeTerminal).join('\n');
}
