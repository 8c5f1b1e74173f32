import { html } from 'hono/html';
import { describeResource } from '../../describe-resource.ts';
import { escapeTerminal } from '../../terminal-text.ts';
import type { ComplianceReport } from '../compliance-report.ts';

/** Rows of a table; the JSON has all. */
const mostRows = 100;
/** Places that one row names. */
const fewPlaces = 4;

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
  const groups = [...Map.groupBy(scan.notEvaluated, ({ rule, reason }) => `${rule} ${reason}`).values()].flatMap(
    (all) => (all[0] ? [[all[0], all.map(({ resource }) => resource)] as const] : []),
  );
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
${groups.slice(0, mostRows).map(([first, places]) => html`<tr><td>${first.rule === '*' ? 'all rules' : first.rule}</td><td>${describeReason(first.reason)}<br><code>${first.reason}</code></td><td>${describePlaces(places)}</td></tr>`)}</table>${renderRest(groups.length)}`
}
</section>`;
}

/** Most codes read as words once the dashes are gone. */
function describeReason(reason: string): string {
  return reasonWords[reason] ?? reason.replaceAll('-', ' ');
}

const reasonWords: Readonly<Record<string, string>> = {
  'deny-policies-not-read': 'IAM deny policies and access boundaries are never read',
  'asset-data-may-be-stale': 'an asset export may be hours old',
  'needs-a-write': 'only an attempt to write shows it',
  'needs-ledger': 'it takes what earlier runs remember',
  'members-not-expanded': 'groups and domains are not looked into',
  'custom-role-not-expanded': 'what a custom role holds is not looked into',
  'accessor-under-a-condition': 'access is granted under a condition, which is not judged',
  'url-mask': 'a URL mask may lead to any service of its region',
  'first-generation-or-missing-function': 'a function of the first generation, or none of this name',
};

/** A few places by name, of the others the number; the JSON has all. */
function describePlaces(places: readonly (string | undefined)[]): string {
  const named = places.flatMap((place) => (place === undefined ? [] : [describeResource(place)]));
  if (named.length < places.length) return 'everywhere';
  const rest = named.length - fewPlaces;
  return rest > 1 ? `${named.slice(0, fewPlaces).join(', ')} and ${rest} more` : named.join(', ');
}

function renderRest(count: number) {
  return count > mostRows ? html`<p class="note">${count - mostRows} more are in report.json.</p>` : '';
}
