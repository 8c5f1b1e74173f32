import { backendId } from '../core/commands/backend-commands.ts';
import { quoteShell } from '../core/commands/command-text.ts';
import { type IapNeg, listIapNegs } from '../core/estate/iap-backends.ts';
import { buildServiceName, parseComputeName } from '../core/estate/resource-name.ts';
import type { Backend, Inventory, Neg } from '../core/inventory.ts';
import type { FindingDraft, Rule } from './rule.ts';

/** A NEG of an IAP backend names a Cloud Run service that is not there: its region answers nobody. */
export const danglingNeg: Rule = {
  id: 'dangling-neg',
  evaluate: ({ inventory }) => listWithoutService(inventory).flatMap((one) => (one.unsure ? [] : [buildDraft(one)])),
  notEvaluated: ({ inventory }) =>
    listWithoutService(inventory).flatMap(({ unsure, neg }) =>
      unsure ? [{ rule: 'dangling-neg', reason: unsure, resource: neg.name }] : [],
    ),
};

interface Dangling extends IapNeg {
  /** Last part of the name of the service that is not in the inventory. */
  readonly service: string;
  /** Why the service may be there all the same; undefined = it is not. */
  readonly unsure: string | undefined;
}

/** A function without a Run service may be a first-generation one, which the paths say: it is not judged here. */
function listWithoutService(inventory: Inventory): readonly Dangling[] {
  const notRead = new Set(inventory.unreadable.map(({ resource }) => resource));
  return listIapNegs(inventory).flatMap((one) => {
    const { target, project, region } = one.neg;
    if (target.kind !== 'run') return [];
    const name = buildServiceName({ project, region, id: target.service });
    if (inventory.services.has(name)) return [];
    const unsure = notRead.has(name) ? 'service-not-readable' : whyUnsure(one.neg, inventory);
    return [{ ...one, service: target.service, unsure }];
  });
}

function whyUnsure({ project, region }: Neg, { lists, source }: Inventory): string | undefined {
  const isLive = source.kind === 'live';
  const gaps = lists?.get(project)?.services;
  if (!gaps) return isLive ? 'services-not-listed' : 'services-not-in-input';
  if (!gaps.includes('*') && !gaps.includes(region)) return undefined;
  return isLive ? 'service-list-incomplete' : 'input-incomplete';
}

function buildDraft({ neg, service, backends, via }: Dangling): FindingDraft {
  const { project, region } = neg;
  return {
    severity: 'medium',
    mode: 'observe',
    resource: neg.name,
    subject: `${region}/${service}`,
    message: `${idOf(neg)} leads to ${service} in ${region} of ${project}, and there is no such service: whoever the balancer sends there gets an error.`,
    hint: 'Deploy the service there, or take the NEG out of the backend; a service of that name that somebody else deploys would be behind IAP at once.',
    want: [`the service ${service} in ${region} of ${project}`],
    have: [],
    via,
    actions: [],
    gcloud: backends.map((backend) => buildRemoveBackend(backend, neg)),
    terraform: backends
      .map((backend) => `# Take the backend block with this group out of ${backendId(backend)}:\n# ${neg.name}\n`)
      .join(''),
  };
}

function buildRemoveBackend(backend: Backend, neg: Neg): string {
  return [
    'gcloud compute backend-services remove-backend',
    quoteShell(backendId(backend)),
    `--project=${quoteShell(backend.project)}`,
    backend.region === 'global' ? '--global' : `--region=${quoteShell(backend.region)}`,
    `--network-endpoint-group=${quoteShell(idOf(neg))}`,
    `--network-endpoint-group-region=${quoteShell(neg.region)}`,
  ].join(' ');
}

function idOf({ name }: Neg): string {
  return parseComputeName(name)?.id ?? name;
}
