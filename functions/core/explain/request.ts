import { TerminalError } from '../../errors.ts';

/** A request as somebody asks about it. */
export interface RequestQuestion {
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  /** `user:E-MAIL` or `serviceAccount:E-MAIL`; absent = nobody. */
  readonly as?: string;
  /** Audience of the caller's ID token. Absent: a user comes with a browser session, a service account with nothing. */
  readonly tokenAudience?: string;
  /** Default: what a browser or curl sends, which can follow a redirect. */
  readonly accept?: string;
}

export type Credential = 'none' | 'session' | 'token';

/** The same, with everything filled in. */
export interface Request {
  readonly url: string;
  readonly scheme: 'https' | 'http';
  /** In lower case, without port. */
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly accept: string;
  readonly as?: string;
  readonly tokenAudience?: string;
  readonly credential: Credential;
  /** The project whose Pub/Sub sends it; absent = it comes from the internet. */
  readonly pushedFrom?: string;
  /** RFC 3339 in UTC, for conditions on `request.time`; absent = they are not judged. */
  readonly at?: string;
}

/** Throws `bad-usage` for what is no web address, no caller, or a token of nobody. */
export function parseRequest(question: RequestQuestion, at?: string): Request {
  const { url, method, as, tokenAudience } = question;
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new TerminalError('bad-usage', `${url} is no web address.`, {
      hint: 'A URL begins with https:// or http://.',
    });
  }
  if (method !== undefined && !/^[A-Za-z-]+$/.test(method)) {
    throw new TerminalError('bad-usage', `${method} is no HTTP method.`, { hint: 'GET, POST and others like them.' });
  }
  if (as !== undefined && !/^(user|serviceAccount):[^\s@:]+@[^\s@:]+$/.test(as)) {
    throw new TerminalError('bad-usage', `${as} is nobody who can send a request.`, {
      hint: 'Name user:E-MAIL or serviceAccount:E-MAIL.',
    });
  }
  if (tokenAudience !== undefined && as === undefined) {
    throw new TerminalError('bad-usage', 'A token is somebody’s.', { hint: 'Say whose it is with --as.' });
  }
  return {
    url,
    scheme: parsed.protocol === 'http:' ? 'http' : 'https',
    host: parsed.hostname.toLowerCase().replace(/\.$/, ''),
    path: parsed.pathname,
    method: (method ?? 'GET').toUpperCase(),
    accept: question.accept ?? 'text/html,*/*',
    ...(as === undefined ? {} : { as }),
    ...(tokenAudience === undefined ? {} : { tokenAudience }),
    credential: tokenAudience !== undefined ? 'token' : as?.startsWith('user:') ? 'session' : 'none',
    ...(at === undefined ? {} : { at }),
  };
}
