import * as z from 'zod';
import { parseSettings } from '../config.ts';
import { TerminalError } from '../errors.ts';

/**
 * SALLYPORT_CAPABILITIES: what this function may use of the settings' capabilities, comma between; undefined = all of
 * them, empty = none. Throws `bad-settings` for one that does not exist.
 */
export function parseCapabilities(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const capabilities = text.split(',').flatMap((one) => one.trim() || []);
  return parseSettings({ capabilities }, 'SALLYPORT_CAPABILITIES').capabilities;
}

/** SALLYPORT_CAPABILITY_URLS: a JSON object from capability to the URL of the function that has it; absent = nobody. Throws `bad-settings`. */
export function parseCapabilityUrls(text: string | undefined): Readonly<Record<string, string>> {
  if (!text) return {};
  const parsed = urlsSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new TerminalError('bad-settings', 'SALLYPORT_CAPABILITY_URLS is no JSON object from capability to URL.');
}

const urlsSchema = z.record(z.string(), z.url({ protocol: /^https?$/ }));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it is no object.
    return undefined;
  }
}
