import { canonicalMember, hasCondition } from '../change/policy-edit.ts';
import { compareText } from '../finding.ts';
import type { Binding, Policy } from '../inventory.ts';
import { judgeCondition, type Verdict } from './judge-condition.ts';
import type { Request } from './request.ts';

export interface LevelPolicy {
  /** Full resource name. */
  readonly level: string;
  readonly policy: Policy;
}

export interface GrantQuestion {
  readonly policies: readonly LevelPolicy[];
  /** Levels that hold a policy nobody has read. */
  readonly gaps: readonly string[];
  /** Whether a role carries the permission. */
  readonly holds: (role: string) => Verdict;
  /** As policies spell members; absent = nobody knows who comes. */
  readonly caller: string | undefined;
  /** The caller is Google's own account: it is let in by name or with everybody, never as a member of a group (CONTRACT 1). */
  readonly isAgent?: boolean;
  readonly request: Request;
}

export interface GrantVerdict {
  /** Undefined: what would decide was not read. */
  readonly passes: Verdict;
  /** Everybody passes, with an account or without. */
  readonly isPublic: boolean;
  /** Where it says so. */
  readonly level?: string;
  /** Why nobody can tell. */
  readonly doubt?: string;
  /** Nothing that was read is in doubt: only levels that were not read could let the caller through. */
  readonly isGapOnly?: true;
  /** All that may pass, in order. */
  readonly who: readonly string[];
}

/** Whether policies let a caller through: the first grant that certainly holds decides; without one, a doubt is a doubt. */
export function judgeGrants(question: GrantQuestion): GrantVerdict {
  const { policies, gaps, request } = question;
  const grants = policies.flatMap(({ level, policy }) =>
    (policy.bindings ?? []).flatMap((binding) => listGrants(binding, level, question)),
  );
  const who = listWho(grants.filter(({ role }) => role === true));
  const rated = grants.map((grant) => ({ ...grant, verdict: rate(grant, request) }));
  const sure = rated.find(({ verdict }) => verdict.is === true);
  const isPublic = rated.some(({ member, verdict }) => isEverybody(member) && verdict.is === true);
  if (sure) return { passes: true, isPublic, level: sure.level, who };
  const open = rated.find(({ verdict }) => verdict.is === undefined);
  if (open) return { passes: undefined, isPublic, level: open.level, doubt: open.verdict.doubt, who };
  if (gaps.length > 0)
    return {
      passes: undefined,
      isPublic,
      isGapOnly: true,
      doubt: `${gaps.join(', ')} ${gaps.length === 1 ? 'was' : 'were'} not read`,
      who,
    };
  return { passes: false, isPublic, who };
}

interface Grant {
  readonly level: string;
  readonly role: Verdict;
  readonly roleName: string;
  readonly member: string;
  /** Whether the caller is meant. */
  readonly meant: Verdict;
  /** Absent = none. */
  readonly condition?: string;
}

function listGrants(binding: Binding, level: string, { holds, caller, isAgent }: GrantQuestion): readonly Grant[] {
  const role = holds(binding.role);
  if (role === false) return [];
  const condition = hasCondition(binding) ? { condition: binding.condition?.expression ?? '' } : {};
  return (binding.members ?? []).map((member) => ({
    level,
    role,
    roleName: binding.role,
    member,
    meant: isMeant(member, caller, isAgent ?? false),
    ...condition,
  }));
}

function rate(
  { role, roleName, member, meant, condition }: Grant,
  request: Request,
): { readonly is: Verdict; readonly doubt: string } {
  // A condition that has a title and nothing to hold to is let through by Google's own readers: it says nothing.
  const holds = condition === undefined || condition.trim() === '' ? true : judgeCondition(condition, request);
  const all = [role, meant, holds];
  if (all.includes(false)) return { is: false, doubt: '' };
  if (role === undefined)
    return { is: undefined, doubt: `${member} holds ${roleName}, whose permissions were not read` };
  if (meant === undefined) return { is: undefined, doubt: `whether the caller is in ${member} cannot be read here` };
  if (holds === undefined)
    return { is: undefined, doubt: `${member} passes only under a condition that is not judged here: ${condition}` };
  return { is: true, doubt: '' };
}

function isMeant(held: string, caller: string | undefined, isAgent: boolean): Verdict {
  if (held === 'allUsers') return true;
  if (caller === undefined || held.startsWith('deleted:')) return false;
  if (held === 'allAuthenticatedUsers' || canonicalMember(held) === canonicalMember(caller)) return true;
  if (held.startsWith('domain:')) {
    const domain = held.slice('domain:'.length).toLowerCase();
    return caller.startsWith('user:') && caller.toLowerCase().endsWith(`@${domain}`);
  }
  const mayHold = /^(group|principalSet|projectOwner|projectEditor|projectViewer):/.test(held);
  return mayHold && !isAgent ? undefined : false;
}

export function isEverybody(member: string): boolean {
  return member === 'allUsers' || member === 'allAuthenticatedUsers';
}

/** Deleted principals are nobody. */
export function listWho(
  grants: readonly { readonly member: string; readonly condition?: string }[],
): readonly string[] {
  const always = new Set(grants.filter(({ condition }) => condition === undefined).map(({ member }) => member));
  return [...new Set(grants.map(({ member }) => member))]
    .filter((member) => !member.startsWith('deleted:'))
    .sort(compareText)
    .map((member) => (always.has(member) ? member : `${member} (under a condition)`));
}
