import { backendId } from '../core/commands/backend-commands.ts';
import { buildPushTerraform, buildPushUpdate, subscriptionId } from '../core/commands/push-commands.ts';
import { isTrustedClientId } from '../core/estate/identity.ts';
import { listVia } from '../core/estate/judged-services.ts';
import { pushAddress, showAddress } from '../core/estate/push-address.ts';
import { acceptedAudiences, audienceOf, judgeAudience } from '../core/estate/push-audience.ts';
import { listIapPushes, listPushBlanks, mayReachIap, type PushPath } from '../core/estate/push-paths.ts';
import type { Backend, NotEvaluated } from '../core/inventory.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

const id = 'push-audience-mismatch';

/** A push's token has an audience that IAP does not accept at the backend: every message is answered 401. */
export const pushAudienceMismatch: Rule = {
  id: 'push-audience-mismatch',
  evaluate: (estate) =>
    listIapPushes(estate.inventory).flatMap((push) => {
      const refusing = push.iapBackends.filter((backend) => verdictOf(push, backend, estate).kind === 'refused');
      return push.subscription.oidc && refusing.length > 0 ? [buildDraft(push, refusing, estate)] : [];
    }),
  notEvaluated: (estate) => [
    ...listPushBlanks(id, estate.inventory, (push) => push.subscription.oidc !== undefined && mayReachIap(push)),
    ...listIapPushes(estate.inventory).flatMap((push) => listOpen(push, estate)),
  ],
};

function verdictOf({ subscription }: PushPath, backend: Backend, { inventory }: Estate) {
  return judgeAudience(audienceOf(subscription), backend, inventory);
}

/** Of several backends one refusal is enough to know. */
function listOpen(push: PushPath, estate: Estate): readonly NotEvaluated[] {
  if (push.subscription.oidc === undefined) return [];
  const verdicts = push.iapBackends.map((backend) => verdictOf(push, backend, estate));
  if (verdicts.some(({ kind }) => kind === 'refused')) return [];
  const open = verdicts.find((one) => one.kind === 'open');
  return open ? [{ rule: id, reason: open.reason, resource: push.subscription.name }] : [];
}

function buildDraft(
  { subscription, iapBackends }: PushPath,
  refusing: readonly Backend[],
  { inventory, paths, settings }: Estate,
): FindingDraft {
  const audience = showAddress(audienceOf(subscription));
  const account = subscription.oidc?.serviceAccount;
  const endpoint = pushAddress(subscription.endpoint);
  const lists = iapBackends.map((backend) => acceptedAudiences(backend, inventory));
  const shared = (lists[0] ?? []).filter((one) => lists.every((list) => list.includes(one)));
  const trusted = shared.find((one) => iapBackends.every((backend) => isTrusted(one, backend)));
  const isDefault = subscription.oidc?.audience === undefined;
  const isAnyKnown = lists.some((list) => list.length > 0);
  return {
    severity: 'high',
    mode: isAnyKnown ? 'approve' : 'observe',
    resource: subscription.name,
    subject: audience,
    message: `${subscriptionId(subscription)} pushes with the audience ${audience}${isDefault ? ' (the default, its endpoint)' : ''}, which IAP does not accept at ${refusing.map(backendId).join(', ')}: no message arrives.`,
    hint: isAnyKnown
      ? 'Set the audience to an OAuth client ID that IAP accepts there.'
      : 'IAP has a client that Google manages here, which accepts no programs: name an OAuth client in IAP’s settings (programmaticClients), and set the audience to it.',
    want: shared.length > 0 ? shared.map((one) => `audience ${one}`) : ['an OAuth client ID that IAP accepts'],
    have: [`audience ${audience}`],
    via: listVia(paths.filter(({ through }) => through && iapBackends.includes(through.backend))),
    actions:
      trusted === undefined
        ? []
        : [{ kind: 'set-push-audience', resource: subscription.name, audience: trusted, endpoint, after: [] }],
    gcloud: [buildPushUpdate(subscription, { account, audience: trusted ?? shared[0] })],
    terraform: buildPushTerraform(subscription, { account, audience: trusted ?? shared[0] }),
  };

  /** What somebody with load-balancer rights wrote is not set unseen: the form, and the number of a project that counts. */
  function isTrusted(client: string, { project }: Backend): boolean {
    const number = inventory.projects.get(project)?.number;
    return isTrustedClientId(client, [...(number ? [number] : []), ...settings.identity.trustedClientProjects]);
  }
}
