import { OAuth2Client } from 'google-auth-library';
import { z } from 'zod';
import { buildAccessToken } from '../../../sandbox/access-token.ts';
import { type ArticleEstate, buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';

const refusal = z.looseObject({
  response: z.looseObject({ status: z.number(), data: z.object({ error: z.record(z.string(), z.unknown()) }) }),
});

/** The article's estate in a sandbox, and the options that point a client of `googleapis` at it. */
export interface RunningSandbox {
  readonly sandbox: Sandbox;
  readonly estate: ArticleEstate;
  /** As whom; default the administrator. */
  client(email?: string): { readonly rootUrl: string; readonly auth: never; readonly retry: false };
}

/** Starts it for one test file; stop it in `after`. */
export async function startArticleSandbox(): Promise<RunningSandbox> {
  const sandbox = await startSandbox();
  const estate = buildArticleEstate(sandbox.cloud, { organization: true });
  return {
    sandbox,
    estate,
    client: (email = 'admin@example.com') => ({
      rootUrl: `${sandbox.url}/`,
      auth: asNested(authOf(email)),
      retry: false,
    }),
  };
}

export function authOf(email: string): OAuth2Client {
  const auth = new OAuth2Client();
  auth.setCredentials({ access_token: buildAccessToken(email), expiry_date: Date.now() + 3_600_000 });
  return auth;
}

/** googleapis brings a google-auth-library of its own, whose types are not the ones of ours; at run time either will do. */
function asNested(auth: OAuth2Client): never {
  return auth as never;
}

/** The status of a refused call and its error body. */
export async function refusalOf(call: Promise<unknown>): Promise<{ status: unknown; error: Record<string, unknown> }> {
  try {
    await call;
  } catch (cause) {
    const parsed = refusal.safeParse(cause);
    if (parsed.success) return { status: parsed.data.response.status, error: parsed.data.response.data.error };
    throw cause;
  }
  throw new Error('the call was not refused');
}
