/**
 * Takes out what may never leave the process (DESIGN 6.14): values under telling keys, and texts that look like a token
 * or a client secret wherever they stand. Returns plain JSON of bounded depth and length; never throws.
 */
export function scrub(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return maskSecrets(value);
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (depth >= 6) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => scrub(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([key, inner]) => [key, telling.test(key) ? '[removed]' : scrub(inner, depth + 1)]),
  );
}

/** The text without anything that has the form of a credential, cut to 2,000 characters. */
export function maskSecrets(text: string): string {
  return removeCredentials(text.slice(0, 2000));
}

/** The whole text without anything that has the form of a credential. */
export function removeCredentials(text: string): string {
  return text.replace(credential, '[removed]');
}

const telling = /token|secret|authorization|password|private.?key/i;

/** Access tokens, OAuth client secrets, JSON web tokens, API keys, Slack's tokens, authorization headers, private keys. */
const credential =
  /ya29\.[\w.-]+|GOCSPX-[\w-]+|eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|AIza[\w-]{30,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|\bBearer\s+\S+|-----BEGIN[A-Z ]*PRIVATE KEY-----[\s\S]*/gi;
