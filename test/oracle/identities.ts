import { isIapBackend } from './access-paths.ts';
import { numberOf, projectName } from './names.ts';
import type { Backend, Estate, Identity, OracleSettings, Path, Unread } from './oracle-types.ts';

/**
 * CONTRACT 1: "Wanted identity = the agent of the backend's project (direct: the service's project); the client ID too
 * where `identity` says so, it is valid (DESIGN 4) and not known to be rejected. Project number unknown -> `unreadable
 * {project-number-unknown}`, no invoker finding, client ID not judged."
 */
export function identitiesOf(path: Path, estate: Estate, settings: OracleSettings): readonly Identity[] {
  const project = path.backend === undefined ? path.service.project : path.backend.project;
  const number = numberOf(project, estate.numbers);
  if (number === undefined) return [];
  const identities: Identity[] = [];
  // DESIGN 4: "`service-agent` = `serviceAccount:service-NUMBER@gcp-sa-iap.iam.gserviceaccount.com` [...]; `oauth-client` =
  // the backend's `oauth2ClientId`; `auto` (default) = the agent always, and the client ID where the backend names one".
  if (settings.identity !== 'oauth-client') {
    identities.push({
      principal: `serviceAccount:service-${number}@gcp-sa-iap.iam.gserviceaccount.com`,
      kind: 'agent',
    });
  }
  const clientId = path.backend?.clientId ?? '';
  if (settings.identity !== 'service-agent' && clientId !== '' && isTrustedClient(clientId, number, settings)) {
    identities.push({ principal: `serviceAccount:${clientId}`, kind: 'client' });
  }
  return identities;
}

/**
 * DESIGN 4: "accept only `^\d+-[a-z0-9]+\.apps\.googleusercontent\.com$` whose number is the project's or listed in
 * `identity.trustedClientProjects`"
 */
function isTrustedClient(clientId: string, number: string, settings: OracleSettings): boolean {
  if (!/^\d+-[a-z0-9]+\.apps\.googleusercontent\.com$/.test(clientId)) return false;
  const owner = clientId.slice(0, clientId.indexOf('-'));
  return owner === number || settings.trustedClientProjects.includes(owner);
}

/** CONTRACT 2, oauth-client-untrusted: "an IAP backend's client ID is not of the accepted form or project" */
export function hasUntrustedClient(backend: Backend, estate: Estate, settings: OracleSettings): boolean {
  const number = numberOf(backend.project, estate.numbers);
  if (!isIapBackend(backend, estate) || backend.clientId === '' || number === undefined) return false;
  return !isTrustedClient(backend.clientId, number, settings);
}

export function findUnknownNumbers(estate: Estate, paths: readonly Path[]): readonly Unread[] {
  const projects: string[] = [];
  for (const path of paths) projects.push((path.backend ?? path.service).project);
  // "client ID not judged": so it is said of a backend without path too, if it names one.
  for (const backend of estate.backends) {
    if (isIapBackend(backend, estate) && backend.clientId !== '') projects.push(backend.project);
  }
  const unknown = projects.filter((project) => numberOf(project, estate.numbers) === undefined);
  return [...new Set(unknown)].map((project) => ({ resource: projectName(project), code: 'project-number-unknown' }));
}
