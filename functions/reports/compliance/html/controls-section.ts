import { html } from 'hono/html';
import type { ComplianceReport } from '../compliance-report.ts';
import { controlsOf, processControls } from '../controls.ts';

/** Controls that the content relates to: a help for the auditor, never a verdict on a control. */
export function renderControls({ scan }: ComplianceReport) {
  const byControl = new Map<string, Set<string>>();
  for (const { rule } of scan.findings) {
    for (const control of controlsOf(rule)) byControl.set(control, (byControl.get(control) ?? new Set()).add(rule));
  }
  return html`<section>
<h2>Controls this relates to</h2>
<p class="note">Which rule relates to which control is Sallyport's own judgement. A control without findings here has not been
passed: no framework's benchmark has an item about IAP in front of Cloud Run.</p>
<table><tr><th>Control</th><th>Evidence in this report</th></tr>
${[...byControl].sort(([a], [b]) => (a < b ? -1 : 1)).map(([control, rules]) => html`<tr><td>${control}</td><td>open findings of ${[...rules].sort().join(', ')}</td></tr>`)}
${processControls.map(({ control, evidence }) => html`<tr><td>${control}</td><td>${evidence}</td></tr>`)}
</table>
</section>`;
}
