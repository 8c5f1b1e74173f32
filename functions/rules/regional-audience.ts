import { quoteHcl, quoteShell } from '../core/commands/command-text.ts';
import { buildPushTerraform, buildPushUpdate, subscriptionId } from '../core/commands/push-commands.ts';
import { buildServiceCommand, buildServiceTerraform } from '../core/commands/service-commands.ts';
import { consentLabel } from '../core/estate/consent.ts';
import { pushAddress } from '../core/estate/push-address.ts';
import { audienceOf } from '../core/estate/push-audience.ts';
import { listPushBlanks, listPushPaths, type PushPath } from '../core/estate/push-paths.ts';
import { isRunUrl, judgeRegional, type RegionalVerdict } from '../core/estate/regional-audience.ts';
import type { FindingDraft, Rule } from './rule.ts';

const id = 'regional-audience';

/** A push through a balancer of several regions has one region's URL as its audience: the others answer 401. */
export const regionalAudience: Rule = {
  id: 'regional-audience',
  evaluate: ({ inventory }) =>
    listPushPaths(inventory).flatMap((push) => {
      const verdict = push.doubt === undefined ? judgeRegional(push, inventory) : undefined;
      return verdict?.kind === 'regional' ? [buildDraft(push, verdict)] : [];
    }),
  notEvaluated: ({ inventory }) => [
    ...listPushBlanks(id, inventory, ({ subscription }) => isRunUrl(audienceOf(subscription))),
    ...listPushPaths(inventory).flatMap((push) => {
      const verdict = push.doubt === undefined ? judgeRegional(push, inventory) : undefined;
      return verdict?.kind === 'open' ? [{ rule: id, reason: verdict.reason, resource: push.subscription.name }] : [];
    }),
  ],
};

function buildDraft(
  { subscription, match }: PushPath,
  { accepting, refusing, shared, lacking }: Extract<RegionalVerdict, { kind: 'regional' }>,
): FindingDraft {
  const account = subscription.oidc?.serviceAccount;
  const audience = audienceOf(subscription);
  const isDenied = lacking.some(({ labels }) => labels[consentLabel] === 'deny');
  const denied = isDenied ? `The label ${consentLabel}=deny keeps Sallyport off the service: its owner decides. ` : '';
  const regionsOf = (services: typeof refusing) => [...new Set(services.map(({ region }) => region))].join(', ');
  return {
    severity: 'high',
    mode: 'approve',
    resource: subscription.name,
    subject: audience,
    message: `${subscriptionId(subscription)} pushes to ${match.host} with the audience ${audience}, which is the URL of ${regionsOf(accepting)} alone: whatever the balancer sends to ${regionsOf(refusing)} is answered 401.`,
    hint: `${denied}Add ${shared} as a custom audience in every region first (each makes a new revision), then push with that audience.`,
    want: [`audience ${shared}, a custom audience of every region`],
    have: [
      `audience ${audience}`,
      ...accepting.map(({ name }) => `accepted by ${name}`),
      ...refusing.map(({ name }) => `refused by ${name}`),
    ],
    via: [],
    actions: isDenied
      ? []
      : [
          ...lacking.map(
            ({ name }) =>
              ({
                kind: 'add-custom-audience',
                resource: name,
                audience: shared,
                subscription: subscription.name,
              }) as const,
          ),
          {
            kind: 'set-push-audience',
            resource: subscription.name,
            audience: shared,
            endpoint: pushAddress(subscription.endpoint),
            after: lacking.map(({ name }) => name),
          } as const,
        ],
    gcloud: [
      ...lacking.map((service) =>
        buildServiceCommand(service, 'update', [`--add-custom-audiences=${quoteShell(shared)}`]),
      ),
      buildPushUpdate(subscription, { account, audience: shared }),
    ],
    terraform: [
      ...lacking.map((service) => {
        const list = [...service.customAudiences, shared].map(quoteHcl).join(', ');
        return buildServiceTerraform(service, [`custom_audiences = [${list}]`]);
      }),
      buildPushTerraform(subscription, { account, audience: shared }),
    ].join('\n'),
  };
}
