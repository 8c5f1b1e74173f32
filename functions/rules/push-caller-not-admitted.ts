import { buildAdmitCommand, buildAdmitTerraform } from '../core/commands/accessor-commands.ts';
import { backendId } from '../core/commands/backend-commands.ts';
import { subscriptionId } from '../core/commands/push-commands.ts';
import { accessorRole } from '../core/estate/iap-access.ts';
import { iapLevelsOf } from '../core/estate/iap-levels.ts';
import { listVia } from '../core/estate/judged-services.ts';
import { pushAddress } from '../core/estate/push-address.ts';
import { judgeCaller } from '../core/estate/push-caller.ts';
import { listIapPushes, listPushBlanks, mayReachIap, type PushPath } from '../core/estate/push-paths.ts';
import type { Backend, Inventory, NotEvaluated } from '../core/inventory.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

const id = 'push-caller-not-admitted';

/** IAP does not let the account in that a subscription pushes as: every message is answered 403. */
export const pushCallerNotAdmitted: Rule = {
  id: 'push-caller-not-admitted',
  evaluate: (estate) =>
    listIapPushes(estate.inventory).flatMap((push) => {
      const account = push.subscription.oidc?.serviceAccount.toLowerCase();
      if (account === undefined) return [];
      const shut = push.iapBackends.filter(
        (backend) => judgeCaller(account, backend, estate.inventory).kind === 'not-admitted',
      );
      return shut.length > 0 ? [buildDraft(push, { account, shut }, estate)] : [];
    }),
  notEvaluated: ({ inventory }) => [
    ...listPushBlanks(id, inventory, (push) => push.subscription.oidc !== undefined && mayReachIap(push)),
    ...listIapPushes(inventory).flatMap((push) => listOpen(push, inventory)),
  ],
};

/** Of several backends one that is shut is enough to know. An export without any IAP policy says so itself. */
function listOpen({ subscription, iapBackends }: PushPath, inventory: Inventory): readonly NotEvaluated[] {
  const { oidc } = subscription;
  const isLive = inventory.source.kind === 'live';
  if (!oidc || (!isLive && !inventory.iapPolicies)) return [];
  const verdicts = iapBackends.map((backend) => judgeCaller(oidc.serviceAccount, backend, inventory));
  if (verdicts.some(({ kind }) => kind === 'not-admitted')) return [];
  const open = verdicts.find((one) => one.kind === 'open');
  if (!open) return [];
  const isMissing = !isLive && (open.reason === 'iap-policies-not-read' || open.reason === 'iap-policy-not-readable');
  return [{ rule: id, reason: isMissing ? 'iap-policies-not-in-input' : open.reason, resource: subscription.name }];
}

function buildDraft(
  { subscription, iapBackends }: PushPath,
  { account, shut }: { readonly account: string; readonly shut: readonly Backend[] },
  { inventory, paths }: Estate,
): FindingDraft {
  const member = `serviceAccount:${account}`;
  return {
    severity: 'high',
    mode: 'approve',
    resource: subscription.name,
    subject: account,
    message: `${subscriptionId(subscription)} pushes as ${account}, whom IAP does not let in at ${shut.map(backendId).join(', ')}: no message arrives.`,
    hint: `Give the account ${accessorRole} on the backend. It needs no run.invoker: IAP itself has it.`,
    want: shut.map((backend) => `${member} holds ${accessorRole} on ${backend.name}`),
    have: [`${member} is no accessor there, and nothing is inherited`],
    via: listVia(paths.filter(({ through }) => through && iapBackends.includes(through.backend))),
    actions: shut.map((backend) => ({
      kind: 'grant-iap-accessor',
      resource: iapLevelsOf(inventory, backend)[0] ?? '',
      member,
      subscription: subscription.name,
      endpoint: pushAddress(subscription.endpoint),
      backend: backend.name,
    })),
    gcloud: shut.map((backend) => buildAdmitCommand(backend, member)),
    terraform: shut.map((backend) => buildAdmitTerraform(backend, member)).join('\n'),
  };
}
