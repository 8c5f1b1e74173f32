import type { Answer } from './hop.ts';

/** What Google says, word for word, without markup (FACTS 15 and 16). */

const empty = 'Invalid IAP credentials: empty token';

export const askToSignIn: Answer = { status: 302, words: empty, door: 'iap' };
export const noCredential: Answer = { status: 401, words: empty, door: 'iap' };
export const wrongAudience: Answer = {
  status: 401,
  words: 'Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.',
  door: 'iap',
};
export const noAccess: Answer = { status: 403, words: "You don't have access", door: 'iap' };
/** The status was not recorded; one note calls it 500-class. */
export const noAgent: Answer = {
  status: 500,
  words:
    'The IAP service account is not provisioned. Please follow the instructions to create service account and rectify IAP and Cloud Run setup: https://cloud.google.com/iap/docs/enabling-cloud-run',
  door: 'iap',
};
export const notFound: Answer = {
  status: 404,
  words: 'The requested URL was not found on this server.',
  door: 'ingress',
};
export const noUpstream: Answer = { status: 503, words: 'no healthy upstream', door: 'load-balancer' };
export const container: Answer = { status: 200, words: '', door: 'container' };

export function forbidden(path: string): Answer {
  return {
    status: 403,
    words: `Your client does not have permission to get URL ${path} from this server.`,
    door: 'invoker',
  };
}

export function unauthorized(path: string): Answer {
  return {
    status: 401,
    words: `Your client does not have permission to the requested URL ${path}.`,
    door: 'invoker',
  };
}
