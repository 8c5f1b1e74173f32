import { auth as googleAuth } from 'googleapis/build/src/apis/run/index.js';
import { run_v1 } from 'googleapis/build/src/apis/run/v1.js';
import { run_v2 } from 'googleapis/build/src/apis/run/v2.js';
import { buildAccessToken } from '../../sandbox/access-token.ts';

/** Google's own Cloud Run clients, pointed at a sandbox with a fixed token: the administrator's, or the one of `email`. */
export function buildRunClients(sandbox: { readonly url: string }, email?: string) {
  const auth = new googleAuth.OAuth2();
  auth.setCredentials({ access_token: email === undefined ? 'fake-token' : buildAccessToken(email) });
  const options = { rootUrl: `${sandbox.url}/`, auth, retry: false };
  return { v1: new run_v1.Run(options), v2: new run_v2.Run(options) };
}

/** The HTTP status and Google's message of a call that is refused; throws when it succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await call;
  } catch (cause) {
    if (cause instanceof Error && 'status' in cause) return { status: Number(cause.status), message: cause.message };
    throw cause;
  }
  throw new Error('the call succeeded');
}
