import type { GoogleAuth } from 'google-auth-library';
import { enterSandbox } from './api-root.ts';

/**
 * Application Default Credentials for every Google client of this process, be it a function's service account, a
 * person's `gcloud auth application-default login` or the sandbox's metadata server. Loaded on first use: nothing of it
 * is paid for at start. Throws `sandbox-not-loopback`.
 */
export async function createGoogleAuth(env: Record<string, string | undefined> = process.env): Promise<GoogleAuth> {
  enterSandbox(env);
  const { default: library } = await import('google-auth-library');
  return new library.GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
}
