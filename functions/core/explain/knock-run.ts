import { quoteShell } from '../commands/command-text.ts';
import { buildGrantCommand } from '../commands/grant-commands.ts';
import { buildRestrictIngress, buildServiceCommand } from '../commands/service-commands.ts';
import { levelsOf, mayInvoke } from '../estate/access.ts';
import { buildAgentMember, buildClientIdMember } from '../estate/identity.ts';
import { isRunUrl } from '../estate/regional-audience.ts';
import type { Inventory, RunService } from '../inventory.ts';
import type { Hop, Knock } from './hop.ts';
import type { Verdict } from './judge-condition.ts';
import { type GrantVerdict, judgeGrants } from './judge-grants.ts';
import { buildTokenCommand } from './knock-iap.ts';
import type { Request } from './request.ts';
import { forbidden, notFound, unauthorized } from './words.ts';

/** How a request comes to a service. */
export type Origin = 'internet' | 'external-balancer' | 'internal-balancer' | 'own-pubsub' | 'foreign-pubsub';

/**
 * Cloud Run's ingress check (FACTS 16). Pub/Sub that pushes to the run.app URL is internal traffic where it is of the service's
 * project or VPC Service Controls perimeter (Google's page on ingress settings); perimeters are not read.
 */
export function knockAtIngress(service: RunService, origin: Origin): Knock {
  const { ingress, defaultUrlDisabled, name } = service;
  const isByUrl = origin === 'internet' || origin === 'own-pubsub' || origin === 'foreign-pubsub';
  const isOff = isByUrl && defaultUrlDisabled;
  const isShut =
    isOff ||
    ingress === 'none' ||
    (origin === 'internet' && ingress !== 'all') ||
    (origin === 'external-balancer' && ingress === 'internal');
  if (isShut) {
    const why =
      isOff && ingress !== 'none'
        ? 'The default URL is disabled.'
        : `Ingress is ${ingress}: requests from ${places[origin]} are not taken.`;
    const commands = isByUrl ? [] : [buildRestrictIngress(service).gcloud];
    return { hops: [{ hop: 'ingress', state: 'fail', why, read: [name], commands }], answer: notFound };
  }
  if (origin === 'foreign-pubsub' && ingress !== 'all') {
    const why = `Ingress is ${ingress}: Pub/Sub of another project is taken only within one VPC Service Controls perimeter, which is not read.`;
    return { hops: [{ hop: 'ingress', state: 'unknown', why, read: [name], commands: [] }] };
  }
  if (origin === 'own-pubsub' && ingress !== 'all') {
    const why = `Ingress is ${ingress}: Pub/Sub of the same project is internal traffic on the run.app URL.`;
    return { hops: [{ hop: 'ingress', state: 'pass', why, read: [name], commands: [] }] };
  }
  const isPast = !isByUrl && ingress === 'all' && !defaultUrlDisabled && !service.iapEnabled;
  const why = isPast ? 'Ingress is all: the run.app URL leads past the balancer.' : `Ingress is ${ingress}.`;
  return { hops: [{ hop: 'ingress', state: isPast ? 'unguarded' : 'pass', why, read: [name], commands: [] }] };
}

const places: Readonly<Record<Origin, string>> = {
  internet: 'the internet',
  'external-balancer': 'an external balancer',
  'internal-balancer': 'an internal balancer',
  'own-pubsub': 'Pub/Sub',
  'foreign-pubsub': 'Pub/Sub',
};

/** The project whose IAP has let the request through, and the client of its backend. */
export interface ComesFromIap {
  readonly project: string;
  readonly clientId?: string | undefined;
}

/** Cloud Run's own check, of IAP's agent where IAP stands before it, else of the caller. */
export function knockAtInvoker(
  service: RunService,
  request: Request,
  { inventory, iap }: { readonly inventory: Inventory; readonly iap?: ComesFromIap | undefined },
): Knock {
  if (service.invokerIamDisabled) {
    const why = 'The invoker check is disabled: whoever comes this far is let in.';
    return { hops: [{ hop: 'invoker', state: 'unguarded', why, read: [service.name], commands: [] }] };
  }
  return iap ? invokeAsAgent(service, request, { inventory, iap }) : invokeAsCaller(service, request, inventory);
}

function invokeAsAgent(
  service: RunService,
  request: Request,
  { inventory, iap }: { readonly inventory: Inventory; readonly iap: ComesFromIap },
): Knock {
  const number = inventory.projects.get(iap.project)?.number;
  const caller = number === undefined ? undefined : buildAgentMember(number);
  const verdict = judge(service, request, { inventory, caller: caller ?? 'serviceAccount:unknown', isAgent: true });
  if (caller === undefined && !verdict.isPublic) {
    const why = `The number of project ${iap.project} is not known, so its IAP identity is not known either.`;
    return { hops: [{ ...base(service, verdict), state: 'unknown', why, commands: [] }] };
  }
  const agent = caller ?? 'the agent';
  if (verdict.passes === false && iap.clientId) {
    const member = buildClientIdMember(iap.clientId);
    const byClient = judge(service, request, { inventory, caller: member, isAgent: true });
    if (byClient.passes === true) {
      const why = `Only ${member} may invoke; today Google's documents name IAP's agent alone, and nothing says that the client still counts.`;
      return {
        hops: [{ ...base(service, byClient), state: 'unknown', why, commands: [grantTo(service, agent, inventory)] }],
      };
    }
  }
  return conclude(service, request, {
    verdict,
    who: `IAP comes as ${agent}`,
    does: `IAP comes as ${agent} and`,
    command: () => grantTo(service, agent, inventory),
  });
}

function invokeAsCaller(service: RunService, request: Request, inventory: Inventory): Knock {
  const { credential, tokenAudience, as = 'The caller' } = request;
  const hasToken = credential === 'token' && tokenAudience !== undefined;
  const audience = hasToken ? acceptsAudience(service, tokenAudience, inventory) : undefined;
  const isKnown = hasToken && audience === true;
  const verdict = judge(service, request, { inventory, caller: isKnown ? as : undefined });
  if (verdict.passes === true && !isKnown) {
    const why = 'Everybody may invoke: nobody is asked.';
    return { hops: [{ ...base(service, verdict), state: 'unguarded', why, commands: [] }] };
  }
  if (verdict.passes === undefined && !isKnown && !verdict.isGapOnly)
    return conclude(service, request, { verdict, who: as, does: as, command: () => '' });
  // Only what was not read could let in everybody: the answer holds as long as it does not.
  const isOpen = verdict.passes === undefined && !isKnown;
  const rests = isOpen ? { assuming: [`not everybody may invoke (${verdict.doubt})`] } : {};
  if (!hasToken) {
    const lack = credential === 'session' ? 'a browser session is none here' : 'no ID token comes along';
    const why = `${as} has no credential that Cloud Run knows: ${lack}.`;
    const url = service.urls[0];
    const commands = as.startsWith('serviceAccount:') && url !== undefined ? [buildTokenCommand(as, url)] : [];
    return {
      hops: [{ ...base(service, verdict), state: 'fail', why, commands }],
      answer: forbidden(request.path),
      ...rests,
    };
  }
  if (audience === undefined) {
    const why = `Whether ${service.service} takes the audience ${tokenAudience} is not known.`;
    return { hops: [{ ...base(service, verdict), state: 'unknown', why, commands: [] }] };
  }
  if (!audience) {
    // A run.app URL belongs to one region: what all can share is the host that was asked.
    const isForeign = isRunUrl(tokenAudience) && !request.host.endsWith('.run.app');
    const shared = isForeign ? `https://${request.host}` : tokenAudience;
    const advice = isForeign ? ` All regions can share the audience ${shared}.` : '';
    const why = `The token’s audience ${tokenAudience} is neither a URL of the service in ${service.region} nor a custom audience of it.${advice}`;
    const commands = [buildServiceCommand(service, 'update', [`--add-custom-audiences=${quoteShell(shared)}`])];
    return {
      hops: [{ hop: 'credential', state: 'fail', why, read: [service.name], commands }],
      answer: unauthorized(request.path),
      ...rests,
    };
  }
  return conclude(service, request, { verdict, who: as, does: as, command: () => grantTo(service, as, inventory) });
}

interface Conclusion {
  readonly verdict: GrantVerdict;
  /** Who comes. */
  readonly who: string;
  /** The same as the subject of a sentence. */
  readonly does: string;
  readonly command: () => string;
}

function conclude(service: RunService, request: Request, { verdict, who, does, command }: Conclusion): Knock {
  const hop = base(service, verdict);
  if (verdict.passes === undefined) {
    return {
      hops: [
        {
          ...hop,
          state: 'unknown',
          why: `${who}: whether that may invoke is not known, as ${verdict.doubt}.`,
          commands: [],
        },
      ],
    };
  }
  if (!verdict.passes) {
    const why = `${does} may not invoke ${service.service} in ${service.region}.`;
    return { hops: [{ ...hop, state: 'fail', why, commands: [command()] }], answer: forbidden(request.path) };
  }
  const why = verdict.isPublic
    ? `${who}; everybody may invoke.`
    : `${does} may invoke, by the policy of ${verdict.level}.`;
  return { hops: [{ ...hop, state: verdict.isPublic ? 'unguarded' : 'pass', why, commands: [] }] };
}

function base(service: RunService, { level, who }: GrantVerdict): Pick<Hop, 'hop' | 'read' | 'who'> {
  return {
    hop: 'invoker',
    read: level === undefined || level === service.name ? [service.name] : [service.name, level],
    who,
  };
}

interface Asked {
  readonly inventory: Inventory;
  readonly caller: string | undefined;
  readonly isAgent?: boolean;
}

function judge(service: RunService, request: Request, { inventory, ...who }: Asked): GrantVerdict {
  const levels = levelsOf(inventory, service);
  const policies = levels.flatMap((level) => {
    const policy = inventory.policies.get(level);
    return policy ? [{ level, policy }] : [];
  });
  const isWhole = inventory.projects.get(service.project)?.ancestors !== undefined;
  const gaps = levels.filter((level) => !inventory.policies.has(level));
  return judgeGrants({
    policies,
    gaps: isWhole ? gaps : [...gaps, `what is above ${service.project}`],
    holds: (role) => holdsInvoke(role, inventory),
    request,
    ...who,
  });
}

/** FACTS 9.2; service agents' roles carry it in part, and nobody knows which without the role's definition. */
function holdsInvoke(role: string, { customRoles }: Inventory): Verdict {
  if (!role.startsWith('roles/')) return customRoles.get(role)?.includes('run.routes.invoke');
  if (mayInvoke(role) || rarer.has(role)) return true;
  return /serviceagent$/i.test(role) ? undefined : false;
}

const rarer: ReadonlySet<string> = new Set(
  [
    ...['cloudfunctions.admin', 'cloudfunctions.developer', 'cloudfunctions.editor', 'firebase.admin'],
    ...['firebase.developAdmin', 'iam.devOps', 'iam.mlEngineer', 'iam.dataScientist'],
  ].map((name) => `roles/${name}`),
);

/** Its URLs, with the last slash or without, and its custom audiences as they stand there (FACTS 16). */
function acceptsAudience(service: RunService, audience: string, { projects }: Inventory): Verdict {
  const bare = (text: string) => text.replace(/\/$/, '');
  const number = projects.get(service.project)?.number;
  const start = `https://${service.service}-`;
  const end = `.${service.region}.run.app`;
  const urls = [...service.urls, ...(number === undefined ? [] : [`${start}${number}${end}`])];
  if (urls.some((url) => bare(url) === bare(audience)) || service.customAudiences.includes(audience)) return true;
  const isLikeOwn = bare(audience).startsWith(start) && bare(audience).endsWith(end);
  if (number === undefined && isLikeOwn) return undefined;
  // Whether a last slash counts in a custom audience is not documented.
  return service.customAudiences.some((one) => bare(one) === bare(audience)) ? undefined : false;
}

function grantTo(service: RunService, member: string, { policies }: Inventory): string {
  return buildGrantCommand(service, member, policies.get(service.name));
}
