import type { Clock } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { readMetadata } from './metadata.ts';

/** Gives an access token for Google's APIs. */
export type AccessToken = () => Promise<string>;

export interface MetadataTokenOptions {
  readonly clock: Clock;
  readonly read?: (path: string) => Promise<string>;
}

/**
 * Access tokens of the function's own service account, by one request to the metadata server, kept until 60 s before
 * they expire; callers at one time share the request. There is no SDK behind it: the function that takes events must start fast. Throws `metadata-failed`.
 */
export function createMetadataToken({ clock, read = readMetadata }: MetadataTokenOptions): AccessToken {
  let held: { readonly token: string; readonly until: number } | undefined;
  let renewal: Promise<{ readonly token: string; readonly until: number }> | undefined;
  const renew = async () => {
    const { access_token, expires_in } = parseAnswer(await read('instance/service-accounts/default/token'));
    return { token: access_token, until: clock.now() + (expires_in - 60) * 1000 };
  };
  return async () => {
    if (held && held.until > clock.now()) return held.token;
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    held = await renewal;
    return held.token;
  };
}

function parseAnswer(text: string): { access_token: string; expires_in: number } {
  const answer: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'access_token' in answer &&
    typeof answer.access_token === 'string' &&
    'expires_in' in answer &&
    typeof answer.expires_in === 'number'
  ) {
    return { access_token: answer.access_token, expires_in: answer.expires_in };
  }
  throw new AppError('metadata-failed', 'The metadata server gave no access token.', {
    hint: 'Give the function a service account.',
  });
}
