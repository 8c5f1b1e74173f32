import { backendId } from '../core/commands/backend-commands.ts';
import { buildPushTerraform, buildPushUpdate, subscriptionId } from '../core/commands/push-commands.ts';
import { listVia } from '../core/estate/judged-services.ts';
import { showAddress } from '../core/estate/push-address.ts';
import { acceptedAudiences } from '../core/estate/push-audience.ts';
import { listIapPushes, listPushBlanks, mayReachIap } from '../core/estate/push-paths.ts';
import type { Rule } from './rule.ts';

const id = 'push-unauthenticated';

/** A subscription pushes to an IAP backend's host without a token: IAP answers 401 to every message. */
export const pushUnauthenticated: Rule = {
  id: 'push-unauthenticated',
  evaluate: ({ inventory, paths }) =>
    listIapPushes(inventory)
      .filter(({ subscription }) => subscription.oidc === undefined)
      .map(({ subscription, match, iapBackends }) => {
        const names = iapBackends.map(backendId).join(', ');
        const audience = iapBackends[0] && acceptedAudiences(iapBackends[0], inventory)[0];
        return {
          severity: 'high',
          mode: 'observe',
          resource: subscription.name,
          subject: match.host,
          message: `${subscriptionId(subscription)} pushes to ${match.host} without a token, and IAP guards ${names} there: no message arrives.`,
          hint: 'Push as a service account whose token has an OAuth client ID that IAP accepts as its audience, and let that account through IAP.',
          want: ['a push with an OIDC token'],
          have: [`endpoint ${showAddress(subscription.endpoint)}, no token`],
          via: listVia(paths.filter(({ through }) => through && iapBackends.includes(through.backend))),
          actions: [],
          gcloud: [buildPushUpdate(subscription, { audience })],
          terraform: buildPushTerraform(subscription, { audience }),
        };
      }),
  notEvaluated: ({ inventory }) =>
    listPushBlanks(id, inventory, (push) => push.subscription.oidc === undefined && mayReachIap(push)),
};
