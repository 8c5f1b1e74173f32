import type { PushExplanation } from '../core/explain/explain-push.ts';
import type { RequestExplanation, RequestWay } from '../core/explain/explain-request.ts';
import type { ExplainedWay, ServiceExplanation } from '../core/explain/explain-service.ts';
import type { Hop, HopName, HopState, Outcome } from '../core/explain/hop.ts';
import { describeResource, describeVia } from './describe-resource.ts';
import { type Paint, type Palette, plainPalette } from './palette.ts';
import { escapeTerminal, wrapCommand, wrapWords } from './terminal-text.ts';

export interface ExplainTableOptions {
  readonly palette?: Palette;
  /** Width of the terminal; 100 where there is none. */
  readonly columns?: number;
}

interface Style {
  readonly palette: Palette;
  readonly columns: number;
}

/** The ways to services, door by door, for a terminal. Foreign text is escaped. */
export function renderExplanation(all: readonly ServiceExplanation[], options: ExplainTableOptions = {}): string {
  const style = styleOf(options);
  return all.map((one) => renderService(one, style).join('\n')).join('\n\n') + '\n';
}

/** What requests or pushes meet, hop by hop, and what the caller gets in each region, for a terminal. Foreign text is escaped. */
export function renderRequests(
  all: readonly (RequestExplanation | PushExplanation)[],
  options: ExplainTableOptions = {},
): string {
  const style = styleOf(options);
  return all.map((one) => renderRequest(one, style).join('\n')).join('\n\n') + '\n';
}

function styleOf({ palette = plainPalette, columns = 100 }: ExplainTableOptions): Style {
  return { palette, columns: Math.max(60, columns) };
}

function renderService({ service, ways }: ServiceExplanation, style: Style): readonly string[] {
  const title = style.palette.bold(describeResource(service));
  if (ways.length === 0)
    return [title, '  No way through IAP leads here: no backend with IAP reaches it, and it has no IAP of its own.'];
  return [title, ...ways.flatMap((way) => renderWay(way, style))];
}

const mostUrls = 5;

function renderWay({ via, urls, hops }: ExplainedWay, style: Style): readonly string[] {
  const { palette, columns } = style;
  const title = via === 'run.app' ? 'by the run.app URL, past the balancer' : `by ${describeVia(via)}`;
  const more = urls.length > mostUrls ? `, and ${urls.length - mostUrls} more` : '';
  const from = `URLs: ${escapeTerminal(urls.slice(0, mostUrls).join(', '))}${more}`;
  return [
    '',
    `  ${palette.dim(title)}`,
    ...(urls.length > 0 ? wrapWords(from, columns - 4).map((line) => palette.dim(`    ${line}`)) : []),
    ...hops.flatMap((hop) =>
      renderHop({ ...hop, label: doorNames[hop.hop] ?? hop.hop, word: doorWords[hop.state] }, style),
    ),
  ];
}

function renderRequest(explained: RequestExplanation | PushExplanation, style: Style): readonly string[] {
  const { palette, columns } = style;
  const { request, hops, ways, theOne, advice, notRead } = explained;
  const audience = request.tokenAudience === undefined ? '' : `, token for ${request.tokenAudience}`;
  const who = request.as ?? 'nobody';
  const subject = 'subscription' in explained ? [palette.bold(describeResource(explained.subscription))] : [];
  const paragraph = (text: string) => wrapWords(escapeTerminal(text), columns - 2).map((line) => `  ${line}`);
  return [
    ...subject,
    palette.bold(escapeTerminal(`${request.method} ${request.url}`)) + escapeTerminal(` as ${who}${audience}`),
    ...hops.flatMap((hop) => renderHop({ ...hop, label: names[hop.hop], word: hop.state }, style)),
    ...ways.flatMap((way) => renderRequestWay(way, { ...style, isPush: 'subscription' in explained })),
    '',
    ...renderCommands(commandsOfFirst(explained, theOne), style),
    ...advice.flatMap(paragraph),
    ...paragraph(`Not read: ${notRead.join(', ')}.`).map(palette.dim),
  ];
}

/** Those of the door that the first command belongs to: it may take more than one to open it. */
function commandsOfFirst({ hops, ways }: RequestExplanation, theOne: string | undefined): readonly string[] {
  if (theOne === undefined) return [];
  const all = [...hops, ...ways.flatMap((way) => way.hops)];
  return all.find(({ state, commands }) => state === 'fail' && commands[0] === theOne)?.commands ?? [theOne];
}

function renderCommands(commands: readonly string[], { palette, columns }: Style): readonly string[] {
  if (commands.length === 0) return [];
  const isOne = commands.length === 1;
  return [
    isOne
      ? '  The command that opens the first shut door:'
      : '  The commands that open the first shut door, in this order:',
    ...commands.flatMap((command) =>
      wrapCommand(escapeTerminal(command), columns - 4).map((line) => `    ${palette.cyan(line)}`),
    ),
  ];
}

/** Pub/Sub follows no redirect: what sends a caller on ends a push. */
function renderRequestWay(
  { region, backend, hops, outcome }: RequestWay,
  style: Style & { readonly isPush: boolean },
): readonly string[] {
  const { palette, columns, isPush } = style;
  const place = region ?? (backend === undefined ? '' : describeResource(backend));
  const [mark, paint] = markOf(isPush && outcome.known && outcome.status >= 300 ? 'fail' : stateOf(outcome));
  const [first = '', ...rest] = wrapWords(escapeTerminal(tellOutcome(outcome)), columns - 6);
  return [
    '',
    ...(place === '' ? [] : [`  ${palette.bold(escapeTerminal(place))}`]),
    ...hops.flatMap((hop) => renderHop({ ...hop, label: names[hop.hop], word: hop.state }, style)),
    `    ${paint(palette)(mark)} ${palette.bold(first)}`,
    ...rest.map((line) => `      ${line}`),
    ...tellRests(outcome).flatMap((text) =>
      wrapWords(escapeTerminal(text), columns - 6).map((line) => palette.dim(`      ${line}`)),
    ),
  ];
}

function stateOf(outcome: Outcome): HopState {
  if (!outcome.known) return 'unknown';
  return outcome.status >= 400 || outcome.door === 'iap' ? 'fail' : 'pass';
}

const doors: Readonly<Record<Extract<Outcome, { known: true }>['door'], string>> = {
  'load-balancer': 'the load balancer',
  iap: 'IAP',
  ingress: 'Cloud Run',
  invoker: 'Cloud Run',
  container: 'the container',
};

function tellOutcome(outcome: Outcome): string {
  if (!outcome.known) return `The answer is not known. ${outcome.why}`;
  const words = outcome.words === '' ? '' : `: “${outcome.words}”`;
  const gets =
    outcome.door === 'container' ? 'reaches the container (200)' : `gets ${outcome.status} of ${doors[outcome.door]}`;
  return `The caller ${gets}${words}`;
}

function tellRests(outcome: Outcome): readonly string[] {
  if (!outcome.known) return [];
  const assuming = outcome.assuming?.map((one) => `As long as ${one}.`) ?? [];
  const without = outcome.withoutAgent;
  return [
    ...assuming,
    ...(without ? [`If IAP’s service agent does not exist: ${without.status}, “${without.words}”.`] : []),
  ];
}

const names: Readonly<Record<HopName, string>> = {
  host: 'host',
  'forwarding-rule': 'address',
  certificate: 'certificate',
  'url-map': 'URL map',
  backend: 'backend',
  credential: 'credential',
  accessor: 'accessor',
  neg: 'NEG',
  ingress: 'ingress',
  invoker: 'invoker check',
};

const doorNames: Partial<Record<HopName, string>> = { accessor: 'IAP', invoker: 'invoker check' };
const doorWords: Readonly<Record<HopState, string>> = {
  pass: 'open',
  fail: 'shut',
  unguarded: 'unguarded',
  unknown: 'unknown',
};

interface Line extends Hop {
  readonly label: string;
  readonly word: string;
}

function renderHop({ state, label, word, why, who, commands }: Line, { palette, columns }: Style): readonly string[] {
  const [mark, paint] = markOf(state);
  const indent = ' '.repeat(31);
  const words = [
    ...wrapWords(escapeTerminal(why), columns - 31),
    ...(who && who.length > 0
      ? wrapWords(`may pass: ${escapeTerminal(who.join(', '))}`, columns - 31).map(palette.dim)
      : []),
  ];
  const [first = '', ...rest] = words;
  return [
    `    ${paint(palette)(mark)} ${label.padEnd(14)}${paint(palette)(word.padEnd(11))}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...commands.flatMap((command) =>
      wrapCommand(escapeTerminal(command), columns - 31).map((line) => `${indent}${palette.cyan(line)}`),
    ),
  ];
}

function markOf(state: HopState): readonly [string, (palette: Palette) => Paint] {
  switch (state) {
    case 'pass':
      return ['✔', ({ green }) => green];
    case 'fail':
      return ['✘', ({ red }) => red];
    case 'unguarded':
      return ['!', ({ red }) => red];
    case 'unknown':
      return ['?', ({ yellow }) => yellow];
  }
}
