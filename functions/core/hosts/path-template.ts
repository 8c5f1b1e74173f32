/**
 * Whether a path matches a path template (`/users/{id}/**`): `*` and `{name}` are one segment, `**` and `{name=**}` the
 * rest, one variable may stand for several words (`{name=a/*}`). Undefined = a form that is not known here.
 */
export function matchesTemplate(template: string, path: string): boolean | undefined {
  const words = template
    .replaceAll(/\{[A-Za-z_][A-Za-z0-9_]*=([^{}]*)\}/g, '$1')
    .replaceAll(/\{[A-Za-z_][A-Za-z0-9_]*\}/g, '*');
  const segments = words.split('/').slice(1);
  if (!words.startsWith('/') || /[{}]/.test(words)) return undefined;
  const rest = segments.indexOf('**');
  if (segments.some((one) => one.includes('*') && one !== '*' && one !== '**')) return undefined;
  if (rest !== -1 && segments.indexOf('**', rest + 1) !== -1) return undefined;
  const asked = path.split('/').slice(1);
  if (rest === -1) return asked.length === segments.length && isEach(segments, asked);
  const [before, after] = [segments.slice(0, rest), segments.slice(rest + 1)];
  if (asked.length < before.length + after.length) return false;
  return isEach(before, asked) && isEach(after, asked.slice(asked.length - after.length));
}

function isEach(segments: readonly string[], asked: readonly string[]): boolean {
  return segments.every((segment, at) => (segment === '*' ? (asked[at] ?? '') !== '' : segment === asked[at]));
}
