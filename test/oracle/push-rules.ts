import { isIapBackend, viaOfBackend } from './access-paths.ts';
import { bindingsAtIap, inheritedLevels } from './accessor-rules.ts';
import { type Followed, followUrl } from './follow-url.ts';
import type { Backend, Draft, Estate, Gap, OracleSettings, Path, Subscription } from './oracle-types.ts';
import { regionalAnswer } from './regional-rule.ts';

export interface PushResult {
  readonly findings: readonly Draft[];
  readonly gaps: readonly Gap[];
}

const rules = ['push-unauthenticated', 'push-audience-mismatch', 'push-caller-not-admitted', 'regional-audience'];

/** The four rules about pushes, from an export: CONTRACT 2 and 3, docs/decisions/0013. */
export function pushFindings(estate: Estate, paths: readonly Path[], settings: OracleSettings): PushResult {
  const { pushes } = estate;
  const findings: Draft[] = [];
  const gaps: Gap[] = [];
  // "export without URL maps, proxies or forwarding rules"
  if (pushes.urlMaps.size === 0 || pushes.proxies.size === 0 || pushes.rules.size === 0) {
    const isAsked = pushes.subscriptions.some(({ endpoint }) => !new URL(endpoint).hostname.endsWith('.run.app'));
    if (isAsked) for (const rule of rules) gaps.push({ rule, reason: 'no-balancers-in-input' });
    return { findings, gaps };
  }
  for (const subscription of pushes.subscriptions) {
    const followed = followUrl(subscription.endpoint, pushes);
    const read = estate.backends.filter(({ name }) => followed.backends.includes(name));
    const guarded = read.filter((backend) => isIapBackend(backend, estate));
    const isUnread = read.length < followed.backends.length;
    const reason = followed.reason ?? (isUnread ? 'backend-not-read' : undefined);
    const add = (rule: string, answer: Answer | undefined, via: readonly string[]) => {
      if (answer === undefined) return;
      const resource = subscription.name;
      if ('gap' in answer) gaps.push({ rule, reason: answer.gap, resource });
      else findings.push({ rule, severity: 'high', mode: answer.mode, resource, subject: answer.subject, via });
    };
    const via = guarded.flatMap((backend) => viaOfBackend(backend, paths));
    const mayReachIap = guarded.length > 0 || isUnread || followed.isBlind;
    for (const rule of rules.slice(0, 3)) {
      // "Push rules exclude each other per subscription in this order: unauthenticated, audience-mismatch"
      if ((subscription.account === '') !== (rule === 'push-unauthenticated')) continue;
      if (reason === undefined) add(rule, answerOf(rule, { subscription, guarded, estate }), via);
      else if (mayReachIap) add(rule, { gap: reason }, []);
    }
    add('regional-audience', regional({ subscription, read, reason }, estate, settings), []);
  }
  return { findings, gaps };
}

export type Answer = { readonly gap: string } | { readonly mode: 'observe' | 'approve'; readonly subject: string };

function regional(
  { subscription, read, reason }: { subscription: Subscription; read: readonly Backend[]; reason: Followed['reason'] },
  estate: Estate,
  settings: OracleSettings,
): Answer | undefined {
  if (subscription.account === '' && subscription.audience === '') return undefined;
  const audience = subscription.audience || subscription.endpoint;
  if (!/^https:\/\/[^/]+\.run\.app\/?$/.test(audience)) return undefined;
  if (reason !== undefined) return { gap: reason };
  return regionalAnswer(audience, read, estate, settings);
}

interface Judged {
  readonly subscription: Subscription;
  readonly guarded: readonly Backend[];
  readonly estate: Estate;
}

function answerOf(rule: string, { subscription, guarded, estate }: Judged): Answer | undefined {
  if (guarded.length === 0) return undefined;
  if (rule === 'push-unauthenticated') return { mode: 'observe', subject: new URL(subscription.endpoint).hostname };
  if (rule === 'push-audience-mismatch') return audienceAnswer(subscription, guarded);
  // CONTRACT 3: "push-caller-not-admitted {iap-policies-not-in-input}": said once for all
  if (estate.projectsWithIapPolicyLine.length === 0) return undefined;
  const account = subscription.account.toLowerCase();
  const answers = guarded.map((backend) => callerAnswer(account, backend, estate));
  if (answers.includes('shut')) return { mode: 'approve', subject: account };
  const open = answers.find((one) => one !== 'in');
  return open === undefined ? undefined : { gap: open };
}

/** Exports never hold IAP's settings: "an audience that has not a client ID's form: refused" */
function audienceAnswer({ endpoint, audience: given }: Subscription, guarded: readonly Backend[]): Answer | undefined {
  const audience = given || endpoint;
  const others = guarded.filter(({ clientId }) => clientId === '' || clientId !== audience);
  if (others.length === 0) return undefined;
  if (/^[^/:]+\.apps\.googleusercontent\.com$/.test(audience)) return { gap: 'iap-settings-not-read' };
  // "(observe if none exists)"
  return { mode: guarded.some(({ clientId }) => clientId !== '') ? 'approve' : 'observe', subject: audience };
}

function callerAnswer(account: string, backend: Backend, estate: Estate): string {
  if (!estate.projectsWithIapPolicyLine.includes(backend.project)) return 'iap-policies-not-in-input';
  const isMeant = (member: string) =>
    ['allUsers', 'allAuthenticatedUsers'].includes(member) ||
    (member.startsWith('serviceAccount:') && member.slice('serviceAccount:'.length).toLowerCase() === account);
  const bindings = bindingsAtIap(backend, estate);
  const admitting = bindings.filter(({ role }) => role === 'roles/iap.httpsResourceAccessor');
  const own = admitting.filter(({ members }) => members.some(isMeant));
  if (own.some(({ conditional }) => !conditional)) return 'in';
  if (own.length > 0) return 'accessor-under-a-condition';
  if (inheritedLevels(backend).some((level) => !estate.policies.has(level))) return 'iap-policies-not-in-input';
  // "any group, principal set or project convenience member that might hold it"
  const members = admitting.flatMap((binding) => binding.members);
  if (members.some((one) => /^(group|principalSet|project(Owner|Editor|Viewer)):/.test(one)))
    return 'members-not-expanded';
  const custom = bindings.filter(({ role, conditional }) => !role.startsWith('roles/') && !conditional);
  return custom.some((binding) => binding.members.some(isMeant)) ? 'custom-role-not-expanded' : 'shut';
}
