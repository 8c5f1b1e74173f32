import type { IapClients } from '../../inventory.ts';
import { parseRecord, parseText, parseTexts } from './fields.ts';

/** What IAP's settings of a resource say about OAuth clients; with inherited parts, as the API answers. */
export function normalizeIapClients(raw: unknown): IapClients {
  const oauth = parseRecord(parseRecord(parseRecord(raw)?.['accessSettings'])?.['oauthSettings']);
  const clientId = parseText(oauth?.['clientId']);
  return {
    ...(clientId === undefined ? {} : { clientId }),
    programmaticClients: parseTexts(oauth?.['programmaticClients']),
  };
}
