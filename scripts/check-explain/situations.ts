import type { RequestExplanation, RequestWay } from '../../functions/core/explain/explain-request.ts';
import type { DoorAnswer } from '../../sandbox/front-door/door.ts';
import type { Agreement } from './compare.ts';
import { customAudience } from './names.ts';

export type Counts = Map<string, number>;

interface Met {
  readonly said: RequestExplanation;
  readonly given: readonly DoorAnswer[];
  readonly agreement: Agreement;
}

/** What both sides must have agreed on often; all of it is looked for only where `explain` was certain. */
const situations: Readonly<Record<string, (met: Met) => boolean>> = {
  'nobody serves the host': ({ said }) => !said.isServed,
  'a redirect of the balancer': ({ given }) =>
    given.some(({ status, door }) => door === 'load-balancer' && status < 400),
  'plain http': ({ said }) => said.request.scheme === 'http' && said.isServed,
  'plain http, by the address of https': ({ said }) =>
    hopsOf(said).some(({ why }) => why.includes('has the same address')),
  'no certificate holds the host': ({ said }) =>
    hopsOf(said).some(({ hop, state }) => hop === 'certificate' && state === 'fail'),
  'certificates in Certificate Manager': ({ said }) =>
    hopsOf(said).some(({ hop, state }) => hop === 'certificate' && state === 'unknown'),
  'a host by wildcard': ({ said }) => said.isServed && said.request.host === 'x.wild.example.com',
  'a host by certificate alone': ({ said }) =>
    hopsOf(said).some(({ hop, why }) => hop === 'host' && why.startsWith('A certificate')),
  'several backends by weight': ({ said }) => hopsOf(said).some(({ why }) => / of 3 requests/.test(why)),
  'a path rule': ({ said }) => hopsOf(said).some(({ hop, why }) => hop === 'url-map' && /, path /.test(why)),
  'a route rule': ({ said }) => hopsOf(said).some(({ hop, why }) => hop === 'url-map' && /, rule /.test(why)),
  'a regional balancer': ({ said }) =>
    hopsOf(said).some(({ hop, read }) => hop === 'backend' && (read[0] ?? '').includes('/regions/')),
  'an internal balancer': ({ said }) => hopsOf(said).some(({ why }) => why.includes('internal address')),
  'a backend without endpoint groups': ({ given }) => given.some(({ status }) => status === 503),
  'a URL mask': ({ said }) => hopsOf(said).some(({ hop, why }) => hop === 'neg' && why.includes('mask')),
  'an endpoint group without service': ({ said }) =>
    hopsOf(said).some(({ hop, why }) => hop === 'neg' && why.includes('no such service')),
  'IAP asks to sign in': ({ given }) => given.some(({ status, door }) => status === 302 && door === 'iap'),
  'IAP wants a credential': ({ given }) =>
    given.some(({ status, body }) => status === 401 && body.includes('empty token')),
  'IAP refuses an audience': ({ given }) => given.some(({ body }) => body.includes('Invalid JWT audience')),
  'IAP refuses a caller': ({ given }) => given.some(({ status, door }) => status === 403 && door === 'iap'),
  'IAP has no agent': ({ given }) => given.some(({ status, door }) => status === 500 && door === 'iap'),
  'IAP lets everybody in': ({ said }) =>
    hopsOf(said).some(({ hop, state }) => hop === 'accessor' && state === 'unguarded'),
  'a CORS preflight passes': ({ said }) =>
    hopsOf(said).some(({ hop, state }) => hop === 'credential' && state === 'unguarded'),
  'a programmatic client': ({ said }) =>
    hopsOf(said).some(({ hop, state, why }) => hop === 'credential' && state === 'pass' && why.includes('-cli.')),
  'the client of the settings': ({ said }) =>
    hopsOf(said).some(({ hop, state, why }) => hop === 'credential' && state === 'pass' && why.includes('-settings.')),
  'a client of Google’s own': ({ said }) =>
    said.ways.some(({ outcome }) => outcome.known && outcome.assuming?.some((one) => one.includes('organisation'))),
  'an inherited accessor': ({ said }) =>
    hopsOf(said).some(
      ({ hop, state, read }) => hop === 'accessor' && state === 'pass' && !(read[0] ?? '').includes('/services/'),
    ),
  'a condition decides at IAP': ({ said }) =>
    hopsOf(said).some(
      ({ hop, state, who }) => hop === 'accessor' && state === 'fail' && isConditional(who, said.request.as),
    ),
  'a condition decides at Cloud Run': ({ said }) =>
    hopsOf(said).some(({ hop, state, who }) => hop === 'invoker' && state === 'fail' && isConditional(who, undefined)),
  'ingress is shut to the balancer': ({ said }) => ends(said, 'ingress').some(({ backend }) => backend !== undefined),
  'ingress is shut to the internet': ({ said }) => ends(said, 'ingress').some(({ backend }) => backend === undefined),
  'the default URL is disabled': ({ said }) => hopsOf(said).some(({ why }) => why === 'The default URL is disabled.'),
  '/healthz': ({ said }) => hopsOf(said).some(({ hop, state }) => hop === 'host' && state === 'fail'),
  'direct IAP': ({ said }) =>
    hopsOf(said).some(
      ({ hop, read }) =>
        ((hop === 'accessor' || hop === 'credential') && (read[0] ?? '').includes('//run.')) ||
        (hop === 'accessor' && (read[0] ?? '').includes('cloud_run-')),
    ),
  'the agent may not invoke': ({ said }) =>
    hopsOf(said).some(({ hop, state, why }) => hop === 'invoker' && state === 'fail' && why.startsWith('IAP comes as')),
  'the agent may invoke by inheritance': ({ said }) =>
    hopsOf(said).some(
      ({ hop, state, why, read }) =>
        hop === 'invoker' && state === 'pass' && why.startsWith('IAP comes as') && read.length > 1,
    ),
  'the invoker check is disabled': ({ said }) =>
    hopsOf(said).some(({ why }) => why.startsWith('The invoker check is disabled')),
  'everybody may invoke': ({ said }) =>
    hopsOf(said).some(
      ({ hop, state, why }) => hop === 'invoker' && state === 'unguarded' && !why.startsWith('The invoker check'),
    ),
  'no credential at Cloud Run': ({ said }) =>
    hopsOf(said).some(({ hop, state, why }) => hop === 'invoker' && state === 'fail' && why.includes('no credential')),
  'Cloud Run refuses an audience': ({ given }) =>
    given.some(({ status, door }) => status === 401 && door === 'invoker'),
  'a custom audience of the service': ({ said, given }) =>
    said.request.tokenAudience === customAudience &&
    given.some(({ door, user }) => door === 'container' && user !== undefined),
  'a caller who may not invoke': ({ said }) =>
    hopsOf(said).some(
      ({ hop, state, why }) =>
        hop === 'invoker' && state === 'fail' && /^(user|serviceAccount):.* may not invoke/.test(why),
    ),
  'a caller with a token gets in without IAP': ({ said }) =>
    passes(said, ({ hops }) =>
      hops.some(({ hop, why }) => hop === 'invoker' && why.startsWith('serviceAccount:robot')),
    ),
  'somebody gets in through IAP': ({ said }) => passes(said, ({ hops }) => hops.some(({ hop }) => hop === 'accessor')),
  'regions differ': ({ said }) =>
    new Set(said.ways.map(({ outcome }) => (outcome.known ? outcome.status : 0))).size > 1,
  'passes in every region': ({ said }) => said.verdict === 'passes' && said.ways.length > 1,
};

export function createCounts(): Counts {
  return new Map(Object.keys(situations).map((name) => [name, 0]));
}

export function countSituations(counts: Counts, met: Met): void {
  if (met.agreement.kind !== 'same') return;
  for (const [name, isMet] of Object.entries(situations)) if (isMet(met)) counts.set(name, (counts.get(name) ?? 0) + 1);
}

function hopsOf({ hops, ways }: RequestExplanation) {
  return [...hops, ...ways.flatMap((way) => way.hops)];
}

function ends({ hops, ways }: RequestExplanation, hop: string): readonly RequestWay[] {
  return ways.filter(
    (way) => [...hops, ...way.hops].at(-1)?.hop === hop && way.outcome.known && way.outcome.status === 404,
  );
}

function passes({ hops, ways }: RequestExplanation, isMeant: (way: Pick<RequestWay, 'hops'>) => boolean): boolean {
  return ways.some(
    (way) => way.outcome.known && way.outcome.status === 200 && isMeant({ hops: [...hops, ...way.hops] }),
  );
}

function isConditional(who: readonly string[] | undefined, as: string | undefined): boolean {
  return who?.some((one) => one.endsWith('(under a condition)') && (as === undefined || one.startsWith(as))) ?? false;
}
