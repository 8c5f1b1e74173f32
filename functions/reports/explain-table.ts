import type { Door, DoorState, ExplainedWay, ServiceExplanation } from '../core/explain-service.ts';
import { describeResource, describeVia } from './describe-resource.ts';
import { type Paint, type Palette, plainPalette } from './palette.ts';
import { escapeTerminal, wrapCommand, wrapWords } from './terminal-text.ts';

export interface ExplainTableOptions {
  readonly palette?: Palette;
  /** Width of the terminal; 100 where there is none. */
  readonly columns?: number;
}

const names: Readonly<Record<Door['door'], string>> = { iap: 'IAP', ingress: 'ingress', invoker: 'invoker check' };

/** The ways to services, door by door, for a terminal. Foreign text is escaped. */
export function renderExplanation(all: readonly ServiceExplanation[], options: ExplainTableOptions = {}): string {
  const { palette = plainPalette, columns = 100 } = options;
  return all.map((one) => renderService(one, palette, Math.max(60, columns)).join('\n')).join('\n\n') + '\n';
}

function renderService({ service, ways }: ServiceExplanation, palette: Palette, columns: number): readonly string[] {
  const title = palette.bold(describeResource(service));
  if (ways.length === 0)
    return [title, '  No way through IAP leads here: no backend with IAP reaches it, and it has no IAP of its own.'];
  return [title, ...ways.flatMap((way) => renderWay(way, palette, columns))];
}

function renderWay({ via, doors }: ExplainedWay, palette: Palette, columns: number): readonly string[] {
  const title = via === 'run.app' ? 'by the run.app URL, past the balancer' : `by ${describeVia(via)}`;
  return ['', `  ${palette.dim(title)}`, ...doors.flatMap((door) => renderDoor(door, palette, columns))];
}

function renderDoor({ door, state, why, who, commands }: Door, palette: Palette, columns: number): readonly string[] {
  const [mark, paint] = markOf(state, palette);
  const indent = ' '.repeat(31);
  const words = [
    ...wrapWords(escapeTerminal(why), columns - 31),
    ...(who && who.length > 0
      ? wrapWords(`may pass: ${escapeTerminal(who.join(', '))}`, columns - 31).map(palette.dim)
      : []),
  ];
  const [first = '', ...rest] = words;
  return [
    `    ${paint(mark)} ${names[door].padEnd(14)}${paint(state.padEnd(11))}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...commands.flatMap((command) =>
      wrapCommand(escapeTerminal(command), columns - 31).map((line) => `${indent}${palette.cyan(line)}`),
    ),
  ];
}

function markOf(state: DoorState, palette: Palette): readonly [string, Paint] {
  switch (state) {
    case 'open':
      return ['✔', palette.green];
    case 'shut':
      return ['✘', palette.red];
    case 'unguarded':
      return ['!', palette.red];
    case 'unknown':
      return ['?', palette.yellow];
  }
}
