import type { Settings } from '../../config.ts';
import { compareText } from '../finding.ts';
import type { Inventory, RunService, Unreadable } from '../inventory.ts';
import type { AccessPath } from './access-paths.ts';
import { listIapBackends } from './iap-backends.ts';
import { buildAgentMember, buildClientIdMember, isTrustedClientId } from './identity.ts';
import { buildProjectName } from './resource-name.ts';

/** A principal that IAP uses towards a service, and the paths on which it does. */
export interface WantedIdentity {
  readonly service: RunService;
  readonly member: string;
  readonly kind: 'service-agent' | 'oauth-client';
  /** Sorted, distinct. */
  readonly via: readonly string[];
}

export interface WantedIdentities {
  readonly wanted: readonly WantedIdentity[];
  /** Projects whose number is not known: neither their agent nor their client IDs can be judged. */
  readonly unreadable: readonly Unreadable[];
}

/** Projects whose backends name client IDs that nobody can judge, on a path or not, as the project's number is not known. */
export function listUnjudgedClients(
  inventory: Pick<Inventory, 'projects' | 'backends' | 'negs'>,
): readonly Unreadable[] {
  const owners = listIapBackends(inventory).flatMap(({ backend }) => (backend.oauth2ClientId ? [backend.project] : []));
  return [...new Set(owners)].filter((one) => inventory.projects.get(one)?.number === undefined).map(numberUnknown);
}

function numberUnknown(project: string): Unreadable {
  return {
    resource: buildProjectName(project),
    code: 'project-number-unknown',
    message: `The number of project ${project} is not known, so its IAP identity is not known either.`,
  };
}

/** Who must get through each service's inner door (CONTRACT 1, DESIGN 4). Client IDs that are not trusted or known to be refused are left out. */
export function resolveWantedIdentities(
  inventory: Pick<Inventory, 'projects'>,
  paths: readonly AccessPath[],
  identity: Settings['identity'],
  rejectedClientIds: ReadonlySet<string>,
): WantedIdentities {
  const wanted = new Map<
    string,
    { service: RunService; member: string; kind: WantedIdentity['kind']; via: Set<string> }
  >();
  const unreadable = new Map<string, Unreadable>();

  const want = (path: AccessPath, member: string, kind: WantedIdentity['kind']): void => {
    const key = `${path.service.name} ${member}`;
    const entry = wanted.get(key) ?? { service: path.service, member, kind, via: new Set<string>() };
    entry.via.add(path.via);
    wanted.set(key, entry);
  };

  for (const path of paths) {
    const number = inventory.projects.get(path.iapProject)?.number;
    if (number === undefined) {
      unreadable.set(path.iapProject, numberUnknown(path.iapProject));
      continue;
    }
    if (identity.use !== 'oauth-client') want(path, buildAgentMember(number), 'service-agent');
    const clientId = path.through?.backend.oauth2ClientId;
    if (identity.use === 'service-agent' || !clientId) continue;
    if (!isTrustedClientId(clientId, [number, ...identity.trustedClientProjects])) continue;
    if (!rejectedClientIds.has(clientId)) want(path, buildClientIdMember(clientId), 'oauth-client');
  }
  return {
    wanted: [...wanted.values()].map((entry) => ({ ...entry, via: [...entry.via].sort(compareText) })),
    unreadable: [...unreadable.values()],
  };
}
