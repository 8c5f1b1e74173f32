import { AppError } from '../errors.ts';
import { enterSandbox } from './api-root.ts';
import { sendRequest } from './send-request.ts';

/**
 * One value of the metadata server, e.g. `project/project-id`; `GCE_METADATA_HOST` moves it, as in Google's own clients.
 * Throws `metadata-failed` when there is none (a laptop) or it does not answer within 5 s.
 */
export async function readMetadata(path: string): Promise<string> {
  enterSandbox();
  const host = process.env['GCE_METADATA_HOST'] || process.env['GCE_METADATA_IP'] || 'metadata.google.internal';
  const url = `${host.includes('://') ? host : `http://${host}`}/computeMetadata/v1/${path}`;
  try {
    const headers = { 'Metadata-Flavor': 'Google' };
    const { status, text } = await sendRequest({ method: 'GET', url, headers, timeoutMs: 5000 });
    if (status === 200) return text;
    throw failed(path, `it answered ${status}`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw failed(path, 'it cannot be reached', error);
  }
}

function failed(path: string, why: string, cause?: unknown): AppError {
  return new AppError('metadata-failed', `The metadata server did not give ${path}: ${why}.`, {
    hint: 'Run this on Google Cloud with a service account, or in the sandbox, which sets GCE_METADATA_HOST.',
    cause,
  });
}
