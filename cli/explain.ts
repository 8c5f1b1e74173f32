import { Command, Option } from 'commander';
import { evaluate } from '../functions/core/evaluate.ts';
import { explainPush, type PushExplanation } from '../functions/core/explain/explain-push.ts';
import { explainRequest, type RequestExplanation } from '../functions/core/explain/explain-request.ts';
import { explainService, type ServiceExplanation } from '../functions/core/explain/explain-service.ts';
import { parseRequest, type RequestQuestion } from '../functions/core/explain/request.ts';
import type { Inventory, PushSubscription, RunService } from '../functions/core/inventory.ts';
import { TerminalError } from '../functions/errors.ts';
import { renderExplanation, renderRequests } from '../functions/reports/explain-table.ts';
import { exitCodes } from './exit-codes.ts';
import { listNearNames } from './near-names.ts';
import { collect, collectProjects, ledgerOption, settingsOption, withExamples } from './options.ts';
import { outputStyle } from './output-style.ts';
import { type ReadEstate, readEstate } from './read-estate.ts';

interface ExplainOptions {
  readonly export?: readonly string[];
  readonly project?: readonly string[];
  readonly region?: string;
  readonly as?: string;
  readonly tokenAudience?: string;
  readonly method?: string;
  readonly accept?: string;
  readonly format: 'table' | 'json';
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport explain`: what a request, a push or a service meets, door by door, and the command that opens the shut one. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('what a request to a URL, a push subscription or a service meets, door by door, in each region')
    .argument('<what>', 'a URL; or the name, or full resource name, of a Cloud Run service or a push subscription')
    .option('--export <path>', 'asset export: file, folder, .gz, or - for standard input; repeatable', collect)
    .option('--project <id>', 'project to read live; repeatable', collectProjects)
    .option('--region <region>', 'only this region')
    .option('--as <member>', 'of a URL: who asks, user:E-MAIL (signed in) or serviceAccount:E-MAIL (default: nobody)')
    .option('--token-audience <audience>', "of a URL: the audience of the caller's ID token (default: no token)")
    .option('--method <method>', 'of a URL: the HTTP method (default: GET)')
    .option('--accept <types>', 'of a URL: the Accept header (default: what a browser sends)')
    .addOption(new Option('--format <format>', 'how the answer is written').choices(['table', 'json']).default('table'))
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(explain);
  return withExamples(
    command,
    'sallyport explain https://shop.example.com/cart --as user:ann@example.com --project acme-prod',
    'sallyport explain https://shop.example.com/hook --method POST --as serviceAccount:robot@acme-prod.iam.gserviceaccount.com --token-audience https://shop.example.com/hook --project acme-prod',
    'sallyport explain shop --region europe-west1 --export assets/',
    'sallyport explain orders-push --project acme-prod',
  );
}

async function explain(what: string, options: ExplainOptions): Promise<void> {
  const at = new Date().toISOString();
  const url = urlOf(what);
  // Wrong usage is said before anything is read.
  const request = url === undefined ? undefined : parseRequest(questionOf(url, options), at);
  if (!request) assertNoCaller(what, options);
  const estate = await readEstate({ ...options, everyDoor: true });
  if (request)
    return showRequests(
      'requests',
      [inRegion(explainRequest(request, estate.inventory, options.region), options)],
      options,
    );
  const found = find(what, estate.inventory, options.region);
  const evaluation = evaluateEstate(estate);
  if (found.services.length > 0) {
    const { inventory, settings } = estate;
    return showServices(
      found.services.map((one) => explainService(one, inventory, evaluation, settings)),
      options,
    );
  }
  const findings = [...evaluation.findings, ...evaluation.exempt.map(({ finding }) => finding)];
  const pushes = found.subscriptions.map((one) =>
    inRegion(explainPush(one, estate.inventory, { findings, at, region: options.region }), options),
  );
  showRequests('subscriptions', pushes, options);
}

/** A host alone is meant as its https page; no service and no subscription has a dot in its short name before a slash. */
function urlOf(what: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(what)) return what;
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/|$)/i.test(what) ? `https://${what}` : undefined;
}

function questionOf(url: string, { as, tokenAudience, method, accept }: ExplainOptions): RequestQuestion {
  return {
    url,
    ...(as === undefined ? {} : { as }),
    ...(tokenAudience === undefined ? {} : { tokenAudience }),
    ...(method === undefined ? {} : { method }),
    ...(accept === undefined ? {} : { accept }),
  };
}

function assertNoCaller(what: string, { as, tokenAudience, method, accept }: ExplainOptions): void {
  if ([as, tokenAudience, method, accept].every((one) => one === undefined)) return;
  throw new TerminalError(
    'bad-usage',
    `${what} is no URL: --as, --token-audience, --method and --accept belong to one.`,
    {
      hint: 'Name the URL, https://HOST/PATH. A push has its own account and audience; of a service all ways are shown.',
    },
  );
}

function evaluateEstate({ inventory, settings, rejected }: ReadEstate) {
  return evaluate(inventory, { settings, rejectedClientIds: rejected, now: Date.now() });
}

function find(what: string, inventory: Inventory, region: string | undefined) {
  const all = [...inventory.services.values()];
  const services = all.filter((one) => isMeant(one, what) && (region === undefined || one.region === region));
  const subscriptions = (inventory.subscriptions ?? []).filter((one) => isPushMeant(one, what));
  if (services.length > 0 && subscriptions.length > 0) {
    throw new TerminalError('bad-usage', `${what} is a service and a subscription.`, {
      hint: `Name one in full: ${services[0]?.name} or ${subscriptions[0]?.name}.`,
    });
  }
  if (services.length > 0 || subscriptions.length > 0) return { services, subscriptions };
  const names = [
    ...all.map(({ service }) => service),
    ...(inventory.subscriptions ?? []).map(({ name }) => idOf(name)),
  ];
  const near = listNearNames(what, [...new Set(names)].sort());
  const place = region === undefined ? '' : ` in ${region}`;
  throw new TerminalError(
    'bad-usage',
    `There is no service and no push subscription ${what}${place} in what was read.`,
    {
      hint: near.length > 0 ? `There are: ${near.join(', ')}.` : 'What was read holds no Cloud Run service at all.',
    },
  );
}

function isMeant({ name, service }: RunService, asked: string): boolean {
  return name === asked || service === asked;
}

function isPushMeant({ name }: PushSubscription, asked: string): boolean {
  return name === asked || idOf(name) === asked || name.endsWith(`/${asked}`);
}

function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Throws `bad-usage` for a host that nobody serves, and for a region that no way leads to. */
function inRegion<T extends RequestExplanation>(explained: T, { region }: ExplainOptions): T {
  if (!explained.isServed) {
    const near = listNearNames(explained.request.host, explained.servedHosts);
    throw new TerminalError(
      'bad-usage',
      `Nothing that was read serves ${explained.request.host}${portOf(explained.request.url)}.`,
      {
        hint:
          near.length > 0
            ? `Hosts there: ${near.join(', ')}. A balancer of another project is read with --project.`
            : 'What was read holds no balancer and no service.',
      },
    );
  }
  if (region === undefined || explained.ways.length > 0) return explained;
  throw new TerminalError('bad-usage', `No way of this request leads to ${region}.`, {
    hint: explained.regions.length > 0 ? `Its regions: ${explained.regions.join(', ')}.` : 'It ends before any region.',
  });
}

function portOf(url: string): string {
  const port = URL.parse(url)?.port ?? '';
  return port === '' ? '' : ` on port ${port}`;
}

function showRequests(
  kind: 'requests' | 'subscriptions',
  explained: readonly (RequestExplanation | PushExplanation)[],
  { format }: ExplainOptions,
): void {
  show(format, { [kind]: explained }, () => renderRequests(explained, outputStyle()));
  const verdicts = explained.map(({ verdict }) => verdict);
  if (verdicts.includes('fails')) process.exitCode = exitCodes.findings;
  else process.exitCode = verdicts.includes('unknown') ? exitCodes.unreadable : exitCodes.clean;
}

function showServices(explained: readonly ServiceExplanation[], { format }: ExplainOptions): void {
  show(format, { services: explained }, () => renderExplanation(explained, outputStyle()));
  const states = explained.flatMap(({ ways }) => ways.flatMap(({ hops }) => hops.map(({ state }) => state)));
  if (states.includes('fail') || states.includes('unguarded')) process.exitCode = exitCodes.findings;
  else process.exitCode = states.includes('unknown') ? exitCodes.unreadable : exitCodes.clean;
}

function show(format: 'table' | 'json', body: object, table: () => string): void {
  const json = () => `${JSON.stringify({ schema: 'sallyport.explain/v1', ...body }, null, 2)}\n`;
  process.stdout.write(format === 'json' ? json() : table());
}
