import { backendId, buildBackendTerraform, buildBackendUpdate } from '../core/backend-commands.ts';
import { listIapBackends } from '../core/iap-backends.ts';
import { isTrustedClientId } from '../core/identity.ts';
import type { Backend } from '../core/inventory.ts';
import { listVia } from '../core/judged-services.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

/** An IAP backend names an OAuth client that may not become a member: not of the form, or of a project that nobody trusts. */
export const oauthClientUntrusted: Rule = {
  id: 'oauth-client-untrusted',
  evaluate: (estate) =>
    listIapBackends(estate.inventory).flatMap(({ backend }) => {
      const { oauth2ClientId: text, project } = backend;
      const number = estate.inventory.projects.get(project)?.number;
      // Without the project's number nobody can say whose client it is.
      if (!text || number === undefined) return [];
      if (isTrustedClientId(text, [number, ...estate.settings.identity.trustedClientProjects])) return [];
      return [buildDraft(estate, { backend, text, number })];
    }),
};

interface Untrusted {
  readonly backend: Backend;
  /** Free text, written by whoever may edit a backend. */
  readonly text: string;
  /** Of the backend's project. */
  readonly number: string;
}

function buildDraft({ paths, settings }: Estate, { backend, text, number }: Untrusted): FindingDraft {
  const trusted = [number, ...settings.identity.trustedClientProjects].join(', ');
  return {
    severity: 'high',
    mode: 'observe',
    resource: backend.name,
    subject: text,
    message: `${backendId(backend)} names an OAuth client that is not known to be yours: ${JSON.stringify(text)}. It is never granted anything.`,
    hint: 'If the client is right, list the number of its project in identity.trustedClientProjects. Else give the backend a client of its own project, and ask who wrote this one.',
    want: [`a client ID NUMBER-….apps.googleusercontent.com with NUMBER one of ${trusted}, or none`],
    have: [`oauth2ClientId: ${text}`],
    via: listVia(paths.filter(({ through }) => through?.backend === backend)),
    actions: [],
    gcloud: [
      buildBackendUpdate(backend, ['--iap=enabled,oauth2-client-id=CLIENT_ID,oauth2-client-secret=CLIENT_SECRET']),
    ],
    terraform: buildBackendTerraform(backend, [
      'iap {',
      '  enabled              = true',
      '  oauth2_client_id     = var.iap_client_id',
      '  oauth2_client_secret = var.iap_client_secret',
      '}',
    ]),
  };
}
