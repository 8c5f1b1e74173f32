import { hasAccess, hasConditionalGrant, hasInheritedAccess, ownBindings } from './access.ts';
import { isIapBackend, negsOf } from './access-paths.ts';
import { contestSituations } from './contest-situations.ts';
import { identitiesOf } from './identities.ts';
import { numberOf } from './names.ts';
import type { Binding, Estate, ExportFile, OracleReport, OracleSettings, Path } from './oracle-types.ts';

export interface Seen {
  readonly files: readonly ExportFile[];
  readonly settings: OracleSettings;
  readonly estate: Estate;
  readonly paths: readonly Path[];
  readonly report: OracleReport;
}

/** Each situation that the contract tells about and an export can show: when an estate counts as one. */
export const situations: Readonly<Record<string, (seen: Seen) => boolean>> = {
  'names: id and number of a project mixed': ({ files, estate }) =>
    [...estate.numbers].some(
      ([id, number]) => holdsText(files, `/projects/${id}/`) && holdsText(files, `/projects/${number}/`),
    ),
  'names: the Project line is the last to tell': ({ files }) =>
    files.some(({ lines }) => /"\/\/cloudresourcemanager[^"]*\/projects\/.*"projectId"/.test(lines.at(-1) ?? '')),
  'names: only a number is known': ({ estate }) => estate.projects.some((one) => /^\d+$/.test(one)),
  'names: capitals in a wanted member that has access': ({ files, paths, estate, settings }) =>
    holdsText(files, '@GCP-sa-iap') &&
    identitiesOnPaths(paths, estate, settings).some(([path, one]) => hasAccess(one, path.service, estate)),
  'source: camelCase': ({ files }) => holdsText(files, '"updateTime"'),
  'source: snake_case': ({ files }) => holdsText(files, '"update_time"'),
  'source: RESOURCE and IAM_POLICY in one line': ({ files }) =>
    files.some(({ lines }) => lines.some((line) => line.includes('"resource"') && /"iam_?[pP]olicy"/.test(line))),
  'source: several files': ({ files }) => files.length > 1,
  'source: gzip': ({ files }) => files.some(({ name }) => name.endsWith('.gz')),
  'source: malformed line': ({ estate }) => estate.malformed.length > 0,
  'source: deleted line': ({ files }) => holdsText(files, '"deleted":true'),
  'source: inheritance full': ({ report, paths }) => paths.length > 0 && report.inheritance === 'full',
  'source: inheritance partial': ({ report }) => report.inheritance === 'partial',
  ...contestSituations,
  'source: update times with offsets': ({ files }) => holdsText(files, '+05:30') && holdsText(files, '-08:00'),
  'source: Cloud Run v1': withPathsText('serving.knative.dev'),
  'source: Cloud Run v2': withPathsText('"template":{}'),
  'paths: global backend': ({ paths }) => paths.some(({ backend }) => backend?.name.includes('/global/')),
  'paths: regional backend': ({ paths }) => paths.some(({ backend }) => backend?.name.includes('/regions/')),
  'paths: direct': ({ paths }) => paths.some(({ backend }) => backend === undefined),
  'paths: across projects': ({ paths }) =>
    paths.some(({ backend, service }) => backend !== undefined && backend.project !== service.project),
  'paths: several to one service': ({ paths }) =>
    paths.some((one) => paths.some((other) => other !== one && other.service === one.service)),
  'paths: one backend, several regions': ({ paths }) =>
    paths.some((one) => paths.some((two) => one.backend === two.backend && one.service.region !== two.service.region)),
  'paths: by a function': ({ paths }) => paths.some(({ neg }) => neg?.kind === 'function'),
  'paths: by URL mask and label': ({ paths }) => paths.some(({ neg }) => neg?.kind === 'mask'),
  'paths: IAP on, no serverless NEG': ({ estate }) =>
    estate.backends.some((one) => one.iapOn && one.negs.length > 0 && !isIapBackend(one, estate)),
  'paths: App Engine NEG': ({ report }) => report.notEvaluated.some(({ reason }) => reason.includes('app-engine')),
  'paths: non-serverless NEG beside a serverless one': ({ estate }) =>
    estate.backends.some(
      (one) => isIapBackend(one, estate) && negsOf(one, estate).some(({ serverless }) => !serverless),
    ),
  'identity: service-agent': withPaths(({ settings }) => settings.identity === 'service-agent'),
  'identity: oauth-client': withPaths(({ settings }) => settings.identity === 'oauth-client'),
  'identity: a client ID is wanted': ({ paths, estate, settings }) =>
    paths.some((path) => identitiesOf(path, estate, settings).some(({ kind }) => kind === 'client')),
  'identity: a client ID of a trusted project is wanted': ({ paths, estate, settings }) =>
    identitiesOnPaths(paths, estate, settings).some(([, principal]) => principal.includes('999999999999')),
  'identity: two agents wanted on one service': ({ paths, estate }) =>
    paths.some((one) =>
      paths.some((two) => one.service === two.service && numberOfPath(one, estate) !== numberOfPath(two, estate)),
    ),
  'access: on the service': ({ paths, estate, settings }) =>
    identitiesOnPaths(paths, estate, settings).some(
      ([{ service }, one]) => hasAccess(one, service, estate) && !hasInheritedAccess(one, service, estate),
    ),
  'access: by the project': ({ paths, estate, settings }) =>
    identitiesOnPaths(paths, estate, settings).some(([{ service }, one]) =>
      hasInheritedAccess(one, { ...service, ancestors: undefined }, estate),
    ),
  'access: by folder or organisation only': ({ paths, estate, settings }) =>
    identitiesOnPaths(paths, estate, settings).some(
      ([{ service }, one]) =>
        hasInheritedAccess(one, service, estate) &&
        !hasInheritedAccess(one, { ...service, ancestors: undefined }, estate),
    ),
  'access: by a custom role': ({ estate }) =>
    policyHolds(estate, ({ role }) => estate.invokingCustomRoles.includes(role)),
  'access: a custom role that does not invoke': ({ estate }) =>
    policyHolds(estate, ({ role }) => role.includes('/roles/with') && !estate.invokingCustomRoles.includes(role)),
  'access: a group is none': policyWith((binding) => binding.members.some((one) => one.startsWith('group:'))),
  'access: deleted: is none': policyWith((binding) => binding.members.some((one) => one.startsWith('deleted:service'))),
  'access: a prefix in other case is none': policyWith(({ members }) =>
    members.some((one) => one.startsWith('ServiceAccount:')),
  ),
  'public-invoker: under a condition': policyWith((one) => one.conditional && one.members.includes('allUsers')),
  'direct-invoker: under a condition': policyWith(
    (one) => one.conditional && one.members.some((member) => member.startsWith('user:')),
  ),
  'client ID: not of the form': ({ report }) =>
    has(report, 'oauth-client-untrusted', ({ subject }) => !/^\d+-[a-z0-9]+\.apps/.test(subject)),
  'client ID: of a foreign project': ({ report }) =>
    has(report, 'oauth-client-untrusted', ({ subject }) => /^\d+-[a-z0-9]+\.apps.googleusercontent.com$/.test(subject)),
  'access: conditional grant beside access': ({ paths, estate, settings }) =>
    identitiesOnPaths(paths, estate, settings).some(
      ([{ service }, one]) => hasAccess(one, service, estate) && hasConditionalGrant(one, service, estate),
    ),
  'access: an empty condition': ({ files }) => holdsText(files, '"condition":{}'),
  'access: service without IAM_POLICY line, empty policy': ({ paths, estate }) =>
    paths.some(
      ({ service }) => !estate.policies.has(service.name) && estate.projectsWithPolicyLine.includes(service.project),
    ),
  'missing: beside public-invoker': ({ report }) =>
    report.findings.some(
      (one) =>
        one.rule === 'iap-invoker-missing' &&
        has(report, 'public-invoker', ({ resource }) => resource === one.resource),
    ),
  'missing: label deny with conditional grant': ({ report, paths }) =>
    report.findings.some(
      (one) =>
        one.rule === 'conditional-invoker' &&
        paths.some(({ service }) => service.name === one.resource && service.label === 'deny'),
    ),
  'missing: consent by label on an open service': ({ report, paths, settings }) =>
    settings.modes['iap-invoker-missing'] === undefined &&
    has(report, 'iap-invoker-missing', (one) =>
      paths.some(
        ({ service }) => service.name === one.resource && service.label === 'allow' && service.ingress === 'all',
      ),
    ),
  'invoker check disabled hides missing access': ({ report, paths, estate, settings }) =>
    has(report, 'invoker-check-disabled', (one) =>
      identitiesOnPaths(paths, estate, settings).some(
        ([{ service }, principal]) => service.name === one.resource && !hasAccess(principal, service, estate),
      ),
    ),
  'ingress: none': withService(({ ingress }) => ingress === 'none'),
  'ingress: internal': withService(({ ingress }) => ingress === 'internal'),
  'ingress: internal-and-cloud-load-balancing': withService(({ ingress }) => ingress.endsWith('load-balancing')),
  'ingress: all, default URL disabled': withService((one) => one.ingress === 'all' && one.defaultUrlDisabled),
  'push: the audience is accepted': ({ estate }) => pushes(estate, ({ audience }) => isClientOf(audience, estate)),
  'push: the audience is the default': ({ estate }) =>
    pushes(estate, ({ account, audience }) => account !== '' && audience === ''),
  'push: a pull subscription stands beside': ({ files, estate }) =>
    estate.pushes.subscriptions.length > 0 && holdsText(files, '"topic":"projects/p/topics/t"}'),
  'push: a run.app audience that every region accepts': ({ estate, report }) =>
    pushes(
      estate,
      ({ name, audience }) =>
        estate.services.some((one) => one.customAudiences.includes(audience)) &&
        audience.includes('.run.app') &&
        !has(report, 'regional-audience', ({ resource }) => resource === name),
    ),
  'push: URL map with weighted backends': ({ files }) => holdsText(files, 'weightedBackendServices'),
  'push: regional balancer': ({ estate }) =>
    [...estate.pushes.urlMaps.keys()].some((name) => name.includes('/regions/')),
  'push: balancer with an internal address': ({ estate }) =>
    [...estate.pushes.rules.values()].some((rule) => rule['loadBalancingScheme'] === 'INTERNAL_MANAGED'),
  'a compliant path': ({ report }) => report.summary.compliantAccessPaths > 0,
};

function pushes(estate: Estate, matches: (one: Estate['pushes']['subscriptions'][number]) => boolean): boolean {
  return estate.pushes.subscriptions.some(matches);
}

function isClientOf(audience: string, estate: Estate): boolean {
  return audience !== '' && estate.backends.some(({ clientId, iapOn }) => iapOn && clientId === audience);
}

function withPaths(matches: (seen: Seen) => boolean): (seen: Seen) => boolean {
  return (seen) => seen.paths.length > 0 && matches(seen);
}

/** A path, and a text in the lines. */
function withPathsText(text: string): (seen: Seen) => boolean {
  return withPaths(({ files }) => holdsText(files, text));
}

/** A binding of an invoking role on a service that is on a path. */
function policyWith(matches: (binding: Binding) => boolean): (seen: Seen) => boolean {
  return ({ paths, estate }) => paths.some(({ service }) => ownBindings(service, estate).some(matches));
}

function withService(matches: (service: Path['service']) => boolean): (seen: Seen) => boolean {
  return ({ paths }) => paths.some(({ service }) => matches(service));
}

function holdsText(files: readonly ExportFile[], text: string): boolean {
  return files.some(({ lines }) => lines.some((line) => line.includes(text)));
}

function has(
  report: OracleReport,
  rule: string,
  matches: (finding: OracleReport['findings'][number]) => boolean,
): boolean {
  return report.findings.some((one) => one.rule === rule && matches(one));
}

function policyHolds(estate: Estate, matches: (binding: { readonly role: string }) => boolean): boolean {
  return [...estate.policies.values()].some((bindings) => bindings.some(matches));
}

function numberOfPath({ backend, service }: Path, estate: Estate): string | undefined {
  return numberOf((backend ?? service).project, estate.numbers);
}

function identitiesOnPaths(
  paths: readonly Path[],
  estate: Estate,
  settings: OracleSettings,
): readonly (readonly [Path, string])[] {
  return paths.flatMap((path) =>
    identitiesOf(path, estate, settings).map(({ principal }) => [path, principal] as const),
  );
}
