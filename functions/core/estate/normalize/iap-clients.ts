import type { IapClients } from '../../inventory.ts';
import { parseRecord, parseText, parseTexts } from './fields.ts';

/**
 * What IAP's settings say about OAuth clients: those of a resource and of IAP's levels above it, nearest first. The nearest
 * level that names a client, or programmatic clients, decides; where an answer holds inherited parts already, that is the same.
 */
export function normalizeIapClients(levels: readonly unknown[]): IapClients {
  const access = levels.map((raw) => parseRecord(parseRecord(raw)?.['accessSettings']));
  const oauth = access.map((each) => parseRecord(each?.['oauthSettings']));
  const clientId = oauth.map((each) => parseText(each?.['clientId'])).find(Boolean);
  const programmatic = oauth.map((each) => parseTexts(each?.['programmaticClients'])).find(({ length }) => length > 0);
  const cors = access.map((each) => parseRecord(each?.['corsSettings'])).find(Boolean);
  return {
    ...(clientId === undefined ? {} : { clientId }),
    programmaticClients: programmatic ?? [],
    ...(cors?.['allowHttpOptions'] === true ? { letsOptionsPass: true } : {}),
  };
}
