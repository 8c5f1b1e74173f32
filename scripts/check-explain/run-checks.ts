import { createGoogleClients } from '../../functions/adapters/google-clients.ts';
import { createLiveReader } from '../../functions/adapters/live-reader/create-live-reader.ts';
import { parseSettings } from '../../functions/config.ts';
import { explainRequest } from '../../functions/core/explain/explain-request.ts';
import { parseRequest } from '../../functions/core/explain/request.ts';
import { createIdTokens } from '../../sandbox/id-token.ts';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { createDice } from '../../test/oracle/dice.ts';
import { compare } from './compare.ts';
import { openDoor } from './door-answers.ts';
import { agent, project } from './names.ts';
import { randomCloud } from './random-cloud.ts';
import { type RandomRequest, randomRequest } from './random-request.ts';
import { type Counts, countSituations, createCounts } from './situations.ts';

export interface ExplainDifference {
  readonly seed: number;
  readonly request: RandomRequest;
  readonly differences: readonly string[];
}

export interface ExplainChecks {
  readonly asked: number;
  readonly unknown: number;
  /** How often each reason not to know was given. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly situations: Counts;
  /** The first; the rest is not looked at. */
  readonly difference?: ExplainDifference;
}

export interface ExplainCheckOptions {
  readonly runs: number;
  /** Seed of the first estate; the others follow. */
  readonly seed: number;
  readonly requestsPerEstate?: number;
}

/**
 * Random estates in the sandbox: `explain` reads each with Google's real clients over HTTP, the front door answers from the
 * cloud's own records, and both must say the same of each request.
 */
export async function runExplainChecks({
  runs,
  seed,
  requestsPerEstate = 8,
}: ExplainCheckOptions): Promise<ExplainChecks> {
  // The documents' check of every answer costs as much as the answer; the sandbox's own tests have it.
  const [sandbox, idTokens] = await Promise.all([startSandbox({ discoveryDir: '/nowhere' }), createIdTokens()]);
  const env = { ...process.env, SALLYPORT_SANDBOX_URL: sandbox.url };
  const clients = createGoogleClients(env, async () => 'fake-token');
  const clock = { now: () => Date.now() };
  const settings = parseSettings({});
  const timing = { sleep: async () => undefined, random: () => 0, now: () => performance.now() };
  const [reasons, situations] = [new Map<string, number>(), createCounts()];
  let [asked, unknown] = [0, 0];
  const so = () => ({ asked, unknown, reasons, situations });
  try {
    for (let of = seed; of < seed + runs; of++) {
      const dice = createDice(of);
      const regions = randomCloud(sandbox.cloud, dice);
      const reader = createLiveReader({ clients, clock, timing, settings });
      const inventory = await reader.readProject(project, { iapPolicies: true, pushPaths: true, everyDoor: true });
      const ask = openDoor(sandbox.cloud, idTokens);
      const hasAgent = sandbox.cloud.serviceAccounts.has(agent.slice('serviceAccount:'.length));
      for (let i = 0; i < requestsPerEstate; i++) {
        const request = randomRequest(dice, regions);
        const said = explainRequest(parseRequest(request, new Date().toISOString()), inventory);
        const given = await ask(request);
        const agreement = compare(said, given, { hasAgent });
        if (agreement.kind === 'different')
          return { ...so(), difference: { seed: of, request, differences: agreement.differences } };
        asked += 1;
        countSituations(situations, { said, given, agreement });
        if (agreement.kind !== 'unknown') continue;
        unknown += 1;
        for (const reason of agreement.reasons.slice(0, 1)) {
          const kind = kindOf(reason);
          reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
        }
      }
    }
    return so();
  } finally {
    await sandbox.stop();
  }
}

/** A reason without the names in it. */
function kindOf(reason: string): string {
  const kinds: readonly (readonly [RegExp, string])[] = [
    [/not judged here/, 'a condition that is not judged here'],
    [/cannot be read here/, 'members of a group'],
    [/whether both hold/, 'two OAuth clients, the backend’s and the settings’'],
    [/does not support/, 'IAP at both places'],
    [/only DNS says/, 'two balancers with the host'],
    [/or not: /, 'a rule that looks at headers'],
    [/another balancer's/, 'certificates not known'],
    [/client still counts/, 'only the OAuth client may invoke'],
    [/which was not read/, 'a function that is no Cloud Run service'],
  ];
  return kinds.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
}
