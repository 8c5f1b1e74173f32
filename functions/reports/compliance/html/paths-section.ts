import { html, raw } from 'hono/html';
import type { ComplianceReport } from '../compliance-report.ts';
import { drawPaths, mostRows } from './paths-picture.ts';

/** The picture of the paths: which backend leads to which regional service, and how each stands. */
export function renderPaths({ paths }: ComplianceReport) {
  if (paths.length === 0) {
    return html`<section><h2>Access paths</h2><p>There is none: no backend with IAP leads to a Cloud Run service, and no service has IAP of its own.</p></section>`;
  }
  const hidden = Math.max(0, paths.length - mostRows);
  return html`<section>
<h2>Access paths</h2>
<figure class="paths">${drawPaths(paths).map((picture) => raw(picture))}
<figcaption class="legend"><span><i class="ok">✓</i> compliant</span><span><i class="bad">✕</i> a critical or high finding</span><span><i class="warn">?</i> could not be read</span></figcaption>
</figure>
${hidden > 0 ? html`<p class="note">${hidden} more ${hidden === 1 ? 'path is' : 'paths are'} in report.json; those that are not compliant come first here.</p>` : ''}
</section>`;
}
