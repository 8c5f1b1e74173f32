import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import { type JsonObject, objectIn } from './parse-object.ts';

/** Settings of an IAP resource as IAP returns them: with its name, and a hash in place of an OAuth secret. */
export function readIapSettings(cloud: Cloud, key: string): JsonObject {
  return structuredClone({ name: key, ...cloud.iapSettings.get(key) });
}

/** Writes the fields of the mask, or all settings when there is none; a masked field that the body lacks is cleared. */
export function writeIapSettings(cloud: Cloud, key: string, body: JsonObject, mask: string | null): JsonObject {
  const { name: _name, ...given } = hashSecret(body);
  if (!mask) cloud.iapSettings.set(key, given);
  else {
    const settings: JsonObject = structuredClone(cloud.iapSettings.get(key) ?? {});
    for (const path of mask.split(',')) copyPath(given, settings, parsePath(path));
    cloud.iapSettings.set(key, settings);
  }
  return readIapSettings(cloud, key);
}

/** `iapSettings.access_settings.oauth_settings` -> `['accessSettings', 'oauthSettings']`. */
function parsePath(path: string): string[] {
  const names = path
    .trim()
    .split('.')
    .map((name) => name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()));
  return names[0] === 'iapSettings' ? names.slice(1) : names;
}

function copyPath(from: JsonObject, to: JsonObject, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  if (rest.length === 0) {
    if (from[name] === undefined) delete to[name];
    else to[name] = from[name];
    return;
  }
  const inner = { ...objectIn(to[name]) };
  copyPath(objectIn(from[name]) ?? {}, inner, rest);
  to[name] = inner;
}

function hashSecret(body: JsonObject): JsonObject {
  const access = objectIn(body['accessSettings']);
  const oauth = objectIn(access?.['oauthSettings']);
  const secret = oauth?.['clientSecret'];
  if (typeof secret !== 'string') return body;
  const { clientSecret: _inputOnly, ...rest } = oauth ?? {};
  const clientSecretSha256 = createHash('sha256').update(secret).digest('hex');
  return { ...body, accessSettings: { ...access, oauthSettings: { ...rest, clientSecretSha256 } } };
}
