import { backendId, buildBackendTerraform, buildBackendUpdate } from '../core/commands/backend-commands.ts';
import { listIapBackends } from '../core/estate/iap-backends.ts';
import { isTrustedClientId } from '../core/estate/identity.ts';
import { listVia } from '../core/estate/judged-services.ts';
import type { Backend } from '../core/inventory.ts';
import type { FindingDraft, Rule } from './rule.ts';

/** An IAP backend names an OAuth client that may not become a member: not of the form, or of a project that nobody trusts. */
export const oauthClientUntrusted: Rule = {
  id: 'oauth-client-untrusted',
  evaluate: ({ inventory, paths, settings }) => {
    const pathsOf = Map.groupBy(paths, ({ through }) => through?.backend);
    return listIapBackends(inventory).flatMap(({ backend }) => {
      const { oauth2ClientId: text, project } = backend;
      const number = inventory.projects.get(project)?.number;
      // Without the project's number nobody can say whose client it is.
      if (!text || number === undefined) return [];
      const trusted = [number, ...settings.identity.trustedClientProjects];
      if (isTrustedClientId(text, trusted)) return [];
      return [buildDraft({ backend, text, trusted, via: listVia(pathsOf.get(backend) ?? []) })];
    });
  },
};

interface Untrusted {
  readonly backend: Backend;
  /** Free text, written by whoever may edit a backend. */
  readonly text: string;
  /** Numbers of the projects whose clients may be named. */
  readonly trusted: readonly string[];
  readonly via: readonly string[];
}

function buildDraft({ backend, text, trusted, via }: Untrusted): FindingDraft {
  return {
    severity: 'high',
    mode: 'observe',
    resource: backend.name,
    subject: text,
    message: `${backendId(backend)} names an OAuth client that is not known to be yours: ${JSON.stringify(text)}. It is never granted anything.`,
    hint: 'If the client is right, list the number of its project in identity.trustedClientProjects. Else give the backend a client of its own project, and ask who wrote this one.',
    want: [`a client ID NUMBER-….apps.googleusercontent.com with NUMBER one of ${trusted.join(', ')}, or none`],
    have: [`oauth2ClientId: ${text}`],
    via,
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
