import { buildAdmitCommand } from '../commands/accessor-commands.ts';
import { quoteShell } from '../commands/command-text.ts';
import { accessorRole } from '../estate/iap-access.ts';
import { iapLevelsOf } from '../estate/iap-levels.ts';
import { buildAgentMember } from '../estate/identity.ts';
import { acceptedAudiences, judgeAudience } from '../estate/push-audience.ts';
import type { Backend, Inventory, RunService } from '../inventory.ts';
import type { Hop, Knock } from './hop.ts';
import { type GrantVerdict, judgeGrants, type LevelPolicy } from './judge-grants.ts';
import type { Request } from './request.ts';
import { askToSignIn, noAccess, noCredential, wrongAudience } from './words.ts';

const accessPermission = 'iap.webServiceVersions.accessViaIAP';

/** IAP's door before a backend, or before a service with direct IAP: who is it, may they in (FACTS 15). */
export function knockAtIap(guarded: Backend | RunService, request: Request, inventory: Inventory): Knock {
  const knock = askIap(guarded, request, inventory);
  return knock.answer ? knock : { ...knock, agentOf: guarded.project };
}

function askIap(guarded: Backend | RunService, request: Request, inventory: Inventory): Knock {
  const settings = inventory.iapClients?.get(guarded.name);
  if (request.method === 'OPTIONS' && !settings) {
    const why = "Whether IAP's settings let CORS preflights pass without a credential was not read.";
    return { hops: [{ hop: 'credential', state: 'unknown', why, read: [], commands: [] }] };
  }
  if (request.method === 'OPTIONS' && settings?.letsOptionsPass) {
    const why = "IAP's settings let CORS preflights pass, whoever sends them.";
    return {
      hops: [{ hop: 'credential', state: 'unguarded', why, read: settingsOf(guarded, inventory), commands: [] }],
    };
  }
  const verdict = judgeAccessor(guarded, request, inventory);
  if (request.credential === 'none') return knockWithout(guarded, request, { inventory, verdict });
  const identity =
    request.credential === 'session' ? haveSession(guarded, inventory) : haveToken(guarded, request, inventory);
  if (identity.answer) return identity;
  const { hop, answer } = accessorHop(guarded, request, verdict);
  return { ...identity, hops: [...identity.hops, hop], ...(answer ? { answer } : {}) };
}

/** Nobody is known: only what is open to all lets them in; else IAP asks them to sign in, or refuses those that cannot be sent there. */
function knockWithout(
  guarded: Backend | RunService,
  { method, accept, as }: Request,
  { inventory, verdict }: { readonly inventory: Inventory; readonly verdict: GrantVerdict },
): Knock {
  const read = levelsRead(guarded, inventory).map(({ level }) => level);
  if (verdict.passes) {
    const why = 'IAP lets in everybody, also those who do not say who they are.';
    return { hops: [{ hop: 'accessor', state: 'unguarded', why, read, who: verdict.who, commands: [] }] };
  }
  if (verdict.passes === undefined && !verdict.isGapOnly) {
    const why = `Whether IAP lets in everybody is not known: ${verdict.doubt}.`;
    return { hops: [{ hop: 'accessor', state: 'unknown', why, read, who: verdict.who, commands: [] }] };
  }
  const mayRedirect = (method === 'GET' || method === 'HEAD') && /text\/html|\*\/\*/.test(accept);
  const audience = acceptedAudiences(guarded, inventory)[0];
  const who = as ?? 'The caller';
  const hop: Hop = {
    hop: 'credential',
    state: 'fail',
    why: mayRedirect
      ? `${who} has no credential: IAP sends them to sign in.`
      : `${who} has no credential, and ${method === 'GET' || method === 'HEAD' ? 'accepts no page to sign in at' : `a ${method} cannot be sent to sign in`}.`,
    read,
    commands: as?.startsWith('serviceAccount:') && audience !== undefined ? [buildTokenCommand(as, audience)] : [],
  };
  const isUnread = verdict.passes === undefined;
  return {
    hops: [hop],
    answer: mayRedirect ? askToSignIn : noCredential,
    ...(isUnread
      ? { assuming: [`IAP does not let in the whole world (${verdict.doubt ?? 'its policies were not read'})`] }
      : {}),
  };
}

/** A browser in which the person has signed in. */
function haveSession(guarded: Backend | RunService, inventory: Inventory): Knock {
  const settings = inventory.iapClients?.get(guarded.name);
  const client = settings?.clientId ?? ('groups' in guarded ? guarded.oauth2ClientId : undefined);
  const why = 'The person has signed in: the browser has a session of IAP.';
  return {
    hops: [{ hop: 'credential', state: 'pass', why, read: settingsOf(guarded, inventory), commands: [] }],
    ...(client === undefined
      ? {
          assuming: [
            `the person belongs to the organisation: the OAuth client is Google’s own${settings ? '' : ', as far as was read'}, which lets in nobody else`,
          ],
        }
      : {}),
  };
}

/** An ID token of Google for one audience. */
function haveToken(guarded: Backend | RunService, request: Request, inventory: Inventory): Knock {
  const { tokenAudience = '', as = '' } = request;
  const verdict = judgeAudience(tokenAudience, guarded, inventory);
  const accepted = acceptedAudiences(guarded, inventory);
  const read = settingsOf(guarded, inventory);
  switch (verdict.kind) {
    case 'accepted': {
      const why = `The token’s audience ${tokenAudience} is a client that IAP accepts.${as.startsWith('user:') ? ' People get such a token by a client of their own.' : ''}`;
      return { hops: [{ hop: 'credential', state: 'pass', why, read, commands: [] }] };
    }
    case 'open': {
      const why =
        verdict.reason === 'iap-settings-not-read'
          ? `Whether ${tokenAudience} is a client that IAP accepts stands in IAP’s settings, which were not read.`
          : `IAP’s settings name another client than the backend’s ${tokenAudience}; whether both hold is not documented.`;
      return { hops: [{ hop: 'credential', state: 'unknown', why, read, commands: [] }] };
    }
    case 'refused': {
      const isRead = inventory.iapClients?.has(guarded.name) ?? false;
      const why =
        accepted.length > 0
          ? `The token’s audience is ${tokenAudience}; IAP accepts ${accepted.join(', ')}.`
          : isRead
            ? `The token’s audience is ${tokenAudience}; the OAuth client is Google’s own, which accepts no programs: name one in IAP’s settings (programmaticClients).`
            : `The token’s audience ${tokenAudience} has not the form of a client ID: IAP accepts nothing else.`;
      const commands =
        accepted[0] !== undefined && as.startsWith('serviceAccount:') ? [buildTokenCommand(as, accepted[0])] : [];
      return { hops: [{ hop: 'credential', state: 'fail', why, read, commands }], answer: wrongAudience };
    }
  }
}

function accessorHop(guarded: Backend | RunService, { as = '' }: Request, verdict: GrantVerdict) {
  const { passes, level, doubt = '', isPublic, who } = verdict;
  const place = 'groups' in guarded ? 'the backend' : 'the service';
  const read = level === undefined ? [guarded.name] : [level];
  const base = { hop: 'accessor', read, who } as const;
  if (passes === undefined) {
    const hop: Hop = {
      ...base,
      state: 'unknown',
      why: `Whether IAP lets ${as} in is not known: ${doubt}.`,
      commands: [],
    };
    return { hop };
  }
  if (!passes) {
    const why = `${as} is no accessor of ${place}, and inherits nothing (${accessorRole}).`;
    const hop: Hop = { ...base, state: 'fail', why, commands: [buildAdmit(guarded, as)] };
    return { hop, answer: noAccess };
  }
  const why = isPublic ? 'IAP lets in everybody.' : `${as} is an accessor, by the policy of ${level ?? place}.`;
  const hop: Hop = { ...base, state: isPublic ? 'unguarded' : 'pass', why, commands: [] };
  return { hop };
}

function judgeAccessor(guarded: Backend | RunService, request: Request, inventory: Inventory): GrantVerdict {
  const policies = levelsRead(guarded, inventory);
  const levels = iapLevelsOf(inventory, guarded);
  const isWhole = inventory.projects.get(guarded.project)?.ancestors !== undefined;
  const gaps = levels.filter((level) => !policies.some((one) => one.level === level));
  return judgeGrants({
    policies,
    gaps: [...gaps, ...(isWhole ? [] : [`what is above ${guarded.project}`])],
    holds: (role) => {
      if (role === accessorRole) return true;
      return role.startsWith('roles/') ? false : inventory.customRoles.get(role)?.includes(accessPermission);
    },
    caller: request.credential === 'none' ? undefined : request.as,
    request,
  });
}

function levelsRead(guarded: Backend | RunService, inventory: Inventory): readonly LevelPolicy[] {
  const gaps = inventory.iapPolicyGaps?.get(guarded.name) ?? [];
  const levels = iapLevelsOf(inventory, guarded).filter((level) => !gaps.includes(level));
  return (inventory.iapPolicies?.get(guarded.name) ?? []).map((policy, at) => ({
    level: levels[at] ?? guarded.name,
    policy,
  }));
}

function settingsOf(guarded: Backend | RunService, inventory: Inventory): readonly string[] {
  return inventory.iapClients?.has(guarded.name)
    ? [guarded.name, `${iapLevelsOf(inventory, guarded)[0]}:iapSettings`]
    : [guarded.name];
}

/** Whether something that was read shows that IAP's agent of a project exists: IAM takes no member that does not. */
export function isAgentSeen(number: string, { policies, iapPolicies }: Inventory): boolean {
  const member = buildAgentMember(number);
  const all = [...policies.values(), ...[...(iapPolicies?.values() ?? [])].flat()];
  return all.some(({ bindings = [] }) => bindings.some(({ members = [] }) => members.includes(member)));
}

function buildAdmit(guarded: Backend | RunService, member: string): string {
  if ('groups' in guarded) return buildAdmitCommand(guarded, member);
  const flags = [
    `--project=${quoteShell(guarded.project)}`,
    '--resource-type=cloud-run',
    `--region=${quoteShell(guarded.region)}`,
  ];
  const place = [...flags, `--service=${quoteShell(guarded.service)}`].join(' ');
  return `gcloud iap web add-iam-policy-binding ${place} --member=${quoteShell(member)} --role=${accessorRole}`;
}

/** A token that a caller may ask Google for. */
export function buildTokenCommand(as: string, audience: string): string {
  const email = as.slice(as.indexOf(':') + 1);
  return `gcloud auth print-identity-token --impersonate-service-account=${quoteShell(email)} --audiences=${quoteShell(audience)} --include-email`;
}
