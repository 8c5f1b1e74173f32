import type { Cloud } from '../../sandbox/cloud.ts';
import { answerRequest } from '../../sandbox/front-door/answer-request.ts';
import type { DoorAnswer, DoorParts } from '../../sandbox/front-door/door.ts';
import { createSessions } from '../../sandbox/front-door/session.ts';
import type { IdTokens } from '../../sandbox/id-token.ts';
import type { RandomRequest } from './random-request.ts';

export type AskDoor = (request: RandomRequest) => Promise<readonly DoorAnswer[]>;

/** The front door of a cloud, asked again and again until every choice that it makes in turn (weights, regions) was made. */
export function openDoor(cloud: Cloud, idTokens: IdTokens): AskDoor {
  const parts: DoorParts = { cloud, idTokens, sessions: createSessions() };
  return async (asked) => {
    const url = new URL(asked.url);
    const request = {
      method: asked.method,
      host: url.hostname,
      path: url.pathname,
      query: url.search,
      scheme: url.protocol === 'http:' ? ('http' as const) : ('https' as const),
      headers: await headersOf(asked, parts),
    };
    const answers: DoorAnswer[] = [];
    for (let choices: readonly number[] | undefined = []; choices; ) {
      const made: { readonly choice: number; readonly count: number }[] = [];
      const given: readonly number[] = choices;
      const next = (_key: string, count: number): number => {
        const choice = given[made.length] ?? 0;
        made.push({ choice, count });
        return count > 0 ? choice : 0;
      };
      answers.push(await answerRequest(parts, request, { next }));
      choices = advance(made);
    }
    return answers;
  };
}

/** The next combination, the last choice first; undefined after the last one. */
function advance(made: readonly { readonly choice: number; readonly count: number }[]): readonly number[] | undefined {
  const at = made.findLastIndex(({ choice, count }) => choice + 1 < count);
  return at === -1 ? undefined : made.slice(0, at + 1).map(({ choice }, index) => (index === at ? choice + 1 : choice));
}

async function headersOf(
  { as, tokenAudience, accept }: RandomRequest,
  { idTokens, sessions }: DoorParts,
): Promise<Record<string, string>> {
  const email = as?.slice(as.indexOf(':') + 1) ?? '';
  const token = tokenAudience === undefined ? undefined : await idTokens.mint({ email, audience: tokenAudience });
  if (token !== undefined) return { accept, authorization: `Bearer ${token}` };
  const isPerson = as?.startsWith('user:') ?? false;
  return isPerson ? { accept, cookie: sessions.issue(email).split(';')[0] ?? '' } : { accept };
}
