import { html } from 'hono/html';
import { parseComputeName, parseServiceName, type ResourceParts } from '../../../core/estate/resource-name.ts';
import { escapeTerminal } from '../../terminal-text.ts';
import type { ReportedPath } from '../compliance-report.ts';

/** Paths that one picture shows; the rest is in the JSON. */
export const mostRows = 40;

const row = 34;
const width = 900;
const box = { left: 8, width: 330, right: 500, serviceWidth: 392 };
const looks = {
  compliant: { colour: '#15803d', fill: '#f0fdf4', mark: '✓' },
  'not-compliant': { colour: '#b91c1c', fill: '#fef2f2', mark: '✕' },
  unreadable: { colour: '#b45309', fill: '#fffbeb', mark: '?' },
} as const;
const order = { 'not-compliant': 0, unreadable: 1, compliant: 2 } as const;

/** Backends on the left, their regional services on the right, a line for each path. SVG text; all names are escaped. */
export function drawPaths(paths: readonly ReportedPath[]): string {
  const shown = paths.toSorted((a, b) => order[a.state] - order[b.state]).slice(0, mostRows);
  const groups = Map.groupBy(shown, ({ backend }) => backend);
  const height = shown.length * row + groups.size * 10 + 10;
  let top = 8;
  const drawn = [...groups].map(([backend, rows]) => {
    const from = top;
    top += rows.length * row + 10;
    return drawGroup(backend, rows, from);
  });
  const label = `${shown.length} access paths: backends on the left, regional services on the right`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13">${drawn}</svg>`.toString();
}

function drawGroup(backend: string | undefined, rows: readonly ReportedPath[], top: number) {
  const height = rows.length * row - 6;
  const middle = top + height / 2;
  const name = backend === undefined ? 'IAP on the service itself' : nameOf(parseComputeName(backend), backend);
  return html`<g>
<rect x="${box.left}" y="${top}" width="${box.width}" height="${height}" rx="6" fill="#eff6ff" stroke="#1d4ed8"/>
<text x="${box.left + 12}" y="${middle + 4}" fill="#0f172a">${shorten(name, 46)}</text>
${rows.map((path, index) => drawRow(path, { middle, top: top + index * row }))}
</g>`;
}

function drawRow({ service, state }: ReportedPath, { middle, top }: { readonly middle: number; readonly top: number }) {
  const { colour, fill, mark } = looks[state];
  const y = top + (row - 6) / 2;
  const start = box.left + box.width;
  return html`<path d="M${start} ${middle}C${start + 80} ${middle} ${box.right - 80} ${y} ${box.right} ${y}" fill="none" stroke="${colour}" stroke-width="1.5"${state === 'compliant' ? '' : html` stroke-dasharray="5 4"`}/>
<rect x="${box.right}" y="${top}" width="${box.serviceWidth}" height="${row - 6}" rx="6" fill="${fill}" stroke="${colour}"/>
<text x="${box.right + 12}" y="${y + 5}" fill="${colour}" font-weight="700">${mark}</text>
<text x="${box.right + 32}" y="${y + 4}" fill="#0f172a">${shorten(nameOf(parseServiceName(service), service), 52)}</text>`;
}

function nameOf(parts: ResourceParts | undefined, whole: string): string {
  return escapeTerminal(parts ? `${parts.id} · ${parts.region} · ${parts.project}` : whole);
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
