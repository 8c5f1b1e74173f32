import { mayHoldSecret, pushAddress } from '../estate/push-address.ts';
import type { PushSubscription } from '../inventory.ts';
import { buildHclLabel, quoteHcl, quoteShell } from './command-text.ts';

/** The last part of a subscription's name. */
export function subscriptionId({ name }: Pick<PushSubscription, 'name'>): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Who pushes with which audience; absent = a placeholder for the reader to fill in. */
export interface PushToken {
  readonly account?: string | undefined;
  readonly audience?: string | undefined;
}

/**
 * The gcloud command that sets a push's token. gcloud builds the whole push configuration anew from its flags, so endpoint
 * account and unwrapping stand there as well: what is not repeated is lost (gcloud 528).
 */
export function buildPushUpdate(subscription: PushSubscription, { account, audience }: PushToken): string {
  return [
    'gcloud pubsub subscriptions update',
    quoteShell(subscriptionId(subscription)),
    `--project=${quoteShell(subscription.project)}`,
    `--push-endpoint=${quoteEndpoint(subscription)}`,
    `--push-auth-service-account=${quoteShell(account ?? 'SERVICE_ACCOUNT')}`,
    `--push-auth-token-audience=${quoteShell(audience ?? 'OAUTH_CLIENT_ID')}`,
    ...(subscription.noWrapper ? ['--push-no-wrapper'] : []),
    ...(subscription.noWrapper?.writeMetadata ? ['--push-no-wrapper-write-metadata'] : []),
  ].join(' ');
}

/** What may be a secret goes neither into a message nor into somebody's shell history: the command asks for it itself. */
function quoteEndpoint({ name, project, endpoint }: PushSubscription): string {
  if (!mayHoldSecret(endpoint)) return quoteShell(endpoint);
  const what = `${quoteShell(subscriptionId({ name }))} --project=${quoteShell(project)}`;
  return `"$(gcloud pubsub subscriptions describe ${what} --format='value(pushConfig.pushEndpoint)')"`;
}

/** The same in the Terraform of the subscription; the rest of it stays as it is. */
export function buildPushTerraform(subscription: PushSubscription, { account, audience }: PushToken): string {
  const id = subscriptionId(subscription);
  return [
    `resource "google_pubsub_subscription" "${buildHclLabel(id)}" {`,
    `  project = ${quoteHcl(subscription.project)}`,
    `  name    = ${quoteHcl(id)}`,
    '  # … the rest as it is',
    '  push_config {',
    ...endpointLines(subscription),
    '    oidc_token {',
    `      service_account_email = ${quoteHcl(account ?? 'SERVICE_ACCOUNT')}`,
    `      audience              = ${quoteHcl(audience ?? 'OAUTH_CLIENT_ID')}`,
    '    }',
    ...(subscription.noWrapper
      ? ['    no_wrapper {', `      write_metadata = ${subscription.noWrapper.writeMetadata}`, '    }']
      : []),
    '  }',
    '}',
    '',
  ].join('\n');
}

function endpointLines({ endpoint }: PushSubscription): readonly string[] {
  if (!mayHoldSecret(endpoint)) return [`    push_endpoint = ${quoteHcl(endpoint)}`];
  return [
    '    # As it is, with its login or query: they are not repeated here.',
    `    push_endpoint = ${quoteHcl(pushAddress(endpoint))}`,
  ];
}
