import type { RequestExplanation, RequestWay } from '../../functions/core/explain/explain-request.ts';
import type { Answer } from '../../functions/core/explain/hop.ts';
import type { DoorAnswer } from '../../sandbox/front-door/door.ts';

export type Agreement =
  | { readonly kind: 'same' }
  /** `explain` says that it does not know; the reasons. */
  | { readonly kind: 'unknown'; readonly reasons: readonly string[] }
  /** The front door says that it does not model this. */
  | { readonly kind: 'not-modelled' }
  | { readonly kind: 'different'; readonly differences: readonly string[] };

/** Whether `explain` and the front door say the same, status, door, sentence and region; an `unknown` takes any answer. */
export function compare(
  said: RequestExplanation,
  given: readonly DoorAnswer[],
  { hasAgent }: { readonly hasAgent: boolean },
): Agreement {
  if (given.some(({ status }) => status === 501)) return { kind: 'not-modelled' };
  if (!said.isServed) return compareUnserved(said, given);
  const known = said.ways.flatMap((way) => {
    const answer = expectedOf(way, hasAgent);
    return answer ? [{ way, answer }] : [];
  });
  const unknown = said.ways.flatMap(({ outcome }) => (outcome.known ? [] : [outcome.why]));
  const differences = [
    ...known
      .filter((one) => !given.some((door) => isSame(one, door)))
      .map(({ way, answer }) => `explain ${tell(answer, way.region)}: the door never answers so`),
    ...(unknown.length > 0
      ? []
      : given
          .filter((door) => !known.some((one) => isSame(one, door)))
          .map((door) => `the door ${tell(wordsOf(door), door.region)}: explain knows no such way`)),
    ...compareCertificates(said, given),
  ];
  if (differences.length > 0) return { kind: 'different', differences: [...new Set(differences)] };
  return unknown.length > 0 ? { kind: 'unknown', reasons: [...new Set(unknown)] } : { kind: 'same' };
}

function compareUnserved(said: RequestExplanation, given: readonly DoorAnswer[]): Agreement {
  // A door that knows the service says its region.
  const isNobody = given.every(
    ({ status, door, region }) =>
      status === 404 && region === undefined && (door === 'load-balancer' || door === 'ingress'),
  );
  if (isNobody) return { kind: 'same' };
  const answers = given.map((door) => tell(wordsOf(door), door.region));
  return {
    kind: 'different',
    differences: [`explain: nobody serves ${said.request.host}; the door: ${answers.join(', ')}`],
  };
}

function expectedOf({ outcome }: RequestWay, hasAgent: boolean): Answer | undefined {
  if (!outcome.known) return undefined;
  return !hasAgent && outcome.withoutAgent ? outcome.withoutAgent : outcome;
}

/** The front door names a region once a service was reached. */
function isSame({ way, answer }: { readonly way: RequestWay; readonly answer: Answer }, given: DoorAnswer): boolean {
  const door = wordsOf(given);
  const isWords = answer.words === '' || door.words.includes(answer.words);
  const isRegion = given.region === undefined || given.region === way.region;
  return answer.status === door.status && answer.door === door.door && isWords && isRegion;
}

function compareCertificates({ hops, ways }: RequestExplanation, given: readonly DoorAnswer[]): readonly string[] {
  const hop = [...hops, ...ways.flatMap((way) => way.hops)].find((one) => one.hop === 'certificate');
  const seen = given[0]?.certificate;
  if (!hop || seen === undefined || ways.some(({ hops: own }) => own.some((one) => one.hop === 'certificate')))
    return [];
  // Of several balancers each has its own.
  if (hops.some(({ hop: name, state }) => name === 'host' && state === 'unknown')) return [];
  const expected = { 'covers the host': 'pass', 'does not cover the host': 'fail', unknown: 'unknown' }[seen];
  return hop.state === expected ? [] : [`certificate: explain ${hop.state}, the door: ${seen}`];
}

/** The page as text. */
function wordsOf({ status, body, door }: DoorAnswer): Answer {
  const words = body
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  return { status, words, door };
}

function tell({ status, door, words }: Answer, region: string | undefined): string {
  return `${status} by ${door}${region === undefined ? '' : ` in ${region}`} (${words.trim().replaceAll(/\s+/g, ' ').slice(0, 80)})`;
}
