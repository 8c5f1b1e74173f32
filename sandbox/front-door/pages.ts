import type { DoorAnswer } from './door.ts';

const html = { 'content-type': 'text/html; charset=UTF-8', server: 'Google Frontend' };

/** What IAP says by itself: the header is the only sure sign that IAP answered (FACTS 15). */
export function iapAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): DoorAnswer {
  return { status, headers: { ...html, 'x-goog-iap-generated-response': 'true', ...headers }, body, door: 'iap' };
}

/** IAP's 403. The heading is Google's; its exact markup was not found (FACTS 15). */
export function iapNoAccess(user: string | undefined): DoorAnswer {
  const page = `<!DOCTYPE html>\n<html><head><title>Error: Access Denied</title></head>\n<body><h1>You don't have access</h1></body></html>`;
  return { ...iapAnswer(403, page), user };
}

/** Cloud Run's 403: no credential, or a caller who lacks run.routes.invoke (FACTS 16). */
export function runForbidden(path: string): DoorAnswer {
  const sentence = `Your client does not have permission to get URL <code>${escapeHtml(path)}</code> from this server.`;
  return { status: 403, headers: html, body: runPage('403 Forbidden', 'Forbidden', sentence), door: 'invoker' };
}

/** Cloud Run's 401: a credential that it does not accept. */
export function runUnauthorized(path: string): DoorAnswer {
  const sentence = `Your client does not have permission to the requested URL <code>${escapeHtml(path)}</code>.`;
  const challenge = 'Bearer error="invalid_token" error_description="The access token could not be verified"';
  const headers = { ...html, 'www-authenticate': challenge };
  return { status: 401, headers, body: runPage('401 Unauthorized', 'Unauthorized', sentence), door: 'invoker' };
}

/** Cloud Run's 404: ingress refuses, the default URL is disabled, or there is no such service. */
export function runNotFound(): DoorAnswer {
  const sentence = 'The requested URL was not found on this server.';
  return {
    status: 404,
    headers: html,
    body: runPage('404 Page not found', 'Page not found', sentence),
    door: 'ingress',
  };
}

/** The load balancer itself has nowhere to send a request to. */
export function balancerAnswer(status: number, body: string): DoorAnswer {
  return { status, headers: { 'content-type': 'text/plain', via: '1.1 google' }, body, door: 'load-balancer' };
}

function runPage(title: string, heading: string, sentence: string): string {
  return `<html><head>\n<meta http-equiv="content-type" content="text/html;charset=utf-8">\n<title>${title}</title>\n</head>\n<body text=#000000 bgcolor=#ffffff>\n<h1>Error: ${heading}</h1>\n<h2>${sentence}</h2>\n<h2></h2>\n</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
