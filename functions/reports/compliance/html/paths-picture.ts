import { html } from 'hono/html';
import { parseComputeName, parseServiceName, type ResourceParts } from '../../../core/estate/resource-name.ts';
import { escapeTerminal } from '../../terminal-text.ts';
import type { ReportedPath } from '../compliance-report.ts';

/** Paths that one picture shows; the rest is in the JSON. */
export const mostRows = 40;

/** Rows of one picture: on paper a picture stays whole, so none may be higher than a page. */
const rowsOfPicture = 16;
const row = 46;
const width = 900;
const box = { left: 1, width: 360, right: 480, serviceWidth: 419 };
const looks = {
  compliant: { colour: '#15803d', fill: '#f0fdf4', mark: '✓' },
  'not-compliant': { colour: '#b91c1c', fill: '#fef2f2', mark: '✕' },
  unreadable: { colour: '#b45309', fill: '#fffbeb', mark: '?' },
} as const;
const order = { 'not-compliant': 0, unreadable: 1, compliant: 2 } as const;

/** Backends on the left, their regional services on the right, a line for each path; a picture (SVG text) a backend. All names are escaped. */
export function drawPaths(paths: readonly ReportedPath[]): readonly string[] {
  const shown = paths.toSorted((a, b) => order[a.state] - order[b.state]).slice(0, mostRows);
  const groups = Map.groupBy(shown, ({ backend }) => backend);
  return [...groups].flatMap(([backend, rows]) =>
    Array.from({ length: Math.ceil(rows.length / rowsOfPicture) }, (_, index) =>
      drawGroup(backend, rows.slice(index * rowsOfPicture, (index + 1) * rowsOfPicture)),
    ),
  );
}

function drawGroup(backend: string | undefined, rows: readonly ReportedPath[]): string {
  const height = rows.length * row - 6;
  const middle = height / 2 + 1;
  const name =
    backend === undefined
      ? { first: 'IAP on the service itself', second: '' }
      : nameOf(parseComputeName(backend), backend);
  const label = `${name.first}: ${rows.length} access ${rows.length === 1 ? 'path' : 'paths'}`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + 8}" role="img" aria-label="${label}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13">
<rect x="${box.left}" y="1" width="${box.width}" height="${height}" rx="6" fill="#eff6ff" stroke="#1d4ed8"/>
${drawName(name, { x: box.left + 14, middle, most: 46 })}
${rows.map((path, index) => drawRow(path, { middle, top: 1 + index * row }))}
</svg>`.toString();
}

function drawRow({ service, state }: ReportedPath, { middle, top }: { readonly middle: number; readonly top: number }) {
  const { colour, fill, mark } = looks[state];
  const y = top + (row - 6) / 2;
  const start = box.left + box.width;
  return html`<path d="M${start} ${middle}C${start + 60} ${middle} ${box.right - 60} ${y} ${box.right} ${y}" fill="none" stroke="${colour}" stroke-width="1.5"${state === 'compliant' ? '' : html` stroke-dasharray="5 4"`}/>
<rect x="${box.right}" y="${top}" width="${box.serviceWidth}" height="${row - 6}" rx="6" fill="${fill}" stroke="${colour}"/>
<text x="${box.right + 14}" y="${y + 5}" fill="${colour}" font-weight="700">${mark}</text>
${drawName(nameOf(parseServiceName(service), service), { x: box.right + 36, middle: y, most: 50 })}`;
}

interface Name {
  readonly first: string;
  /** Where it is; empty where that is not known. */
  readonly second: string;
}

function drawName(
  { first, second }: Name,
  { x, middle, most }: { readonly x: number; readonly middle: number; readonly most: number },
) {
  const top = second === '' ? middle + 4 : middle - 3;
  const below =
    second === ''
      ? ''
      : html`<text x="${x}" y="${middle + 13}" fill="#475569" font-size="11">${shorten(second, most + 10)}</text>`;
  return html`<text x="${x}" y="${top}" fill="#0f172a">${shorten(first, most)}</text>${below}`;
}

function nameOf(parts: ResourceParts | undefined, whole: string): Name {
  if (!parts) return { first: escapeTerminal(whole), second: '' };
  return { first: escapeTerminal(parts.id), second: escapeTerminal(`${parts.region} · ${parts.project}`) };
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
