import { html } from 'hono/html';
import type { ReportedDay } from '../compliance-report.ts';

const width = 900;
const height = 210;
const frame = { left: 40, right: 12, top: 14, bottom: 34 };

/** Bars for what was opened and resolved each day, a line for what was open at its end. SVG text. */
export function drawHistory(days: readonly ReportedDay[]): string {
  const highest = Math.max(1, ...days.map(({ opened, resolved, open }) => Math.max(opened, resolved, open)));
  const most = highest <= 4 ? highest : Math.ceil(highest / 4) * 4;
  const step = (width - frame.left - frame.right) / Math.max(1, days.length);
  const bar = Math.max(1.5, Math.min(16, step / 2 - 2));
  const bottom = height - frame.bottom;
  const y = (count: number) => bottom - (count / most) * (bottom - frame.top);
  const x = (index: number) => frame.left + step * index + step / 2;
  const line = days.map(({ open }, index) => `${index === 0 ? 'M' : 'L'}${round(x(index))} ${round(y(open))}`).join('');
  const every = Math.ceil(days.length / 8);
  const ticks = Array.from({ length: Math.min(most, 4) + 1 }, (_, index) => (index * most) / Math.min(most, 4));
  const label = `Findings opened and resolved a day, ${days[0]?.day ?? ''} to ${days.at(-1)?.day ?? ''}`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="11" fill="#475569">
<defs><pattern id="resolved" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#dcfce7"/><path d="M0 0V5" stroke="#15803d" stroke-width="3"/></pattern></defs>
${ticks.map((tick) => html`<path d="M${frame.left} ${round(y(tick))}H${width - frame.right}" stroke="#e2e8f0"/><text x="${frame.left - 6}" y="${round(y(tick) + 4)}" text-anchor="end">${tick}</text>`)}
${days.map(({ opened, resolved }, index) => html`${opened > 0 ? html`<rect x="${round(x(index) - bar - 0.5)}" y="${round(y(opened))}" width="${round(bar)}" height="${round(bottom - y(opened))}" fill="#b91c1c"/>` : ''}${resolved > 0 ? html`<rect x="${round(x(index) + 0.5)}" y="${round(y(resolved))}" width="${round(bar)}" height="${round(bottom - y(resolved))}" fill="url(#resolved)"/>` : ''}`)}
<path d="${line}" fill="none" stroke="#1d4ed8" stroke-width="2"/>
${days.flatMap(({ day }, index) => (index % every === 0 ? [html`<text x="${round(x(index))}" y="${height - 12}" text-anchor="middle">${day.slice(5)}</text>`] : []))}
</svg>`.toString();
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
