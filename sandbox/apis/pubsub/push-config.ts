import { z } from 'zod';
import type { ApiCall } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import { requirePermission } from '../../permissions.ts';
import { findProject } from '../find-project.ts';
import { invalid } from './request.ts';

/** `PushConfig` of pubsub.v1, whole. */
export const pushConfigSchema = z.strictObject({
  pushEndpoint: z.string().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
  oidcToken: z.strictObject({ serviceAccountEmail: z.string().optional(), audience: z.string().optional() }).optional(),
  noWrapper: z.strictObject({ writeMetadata: z.boolean().optional() }).optional(),
  pubsubWrapper: z.strictObject({}).optional(),
});

export type PushConfig = z.infer<typeof pushConfigSchema>;

/**
 * Throws Google's refusal of a push configuration: an endpoint that is not https, an account that the caller may not act as
 * (FACTS 5 and 9.1: create, patch and modifyPushConfig alike) or that does not exist.
 */
export function checkPushConfig(call: ApiCall, cloud: Cloud, { pushEndpoint, oidcToken, ...shape }: PushConfig): void {
  checkEndpoint(pushEndpoint);
  if (shape.noWrapper && shape.pubsubWrapper) throw invalid('Only one of noWrapper and pubsubWrapper can be set.');
  if (!oidcToken) return;
  const { serviceAccountEmail: email } = oidcToken;
  // The sentence is ours: what Google says of a token without an account was not found.
  if (!email) throw invalid('push_config.oidc_token.service_account_email is required.');
  requirePermission(cloud, call.caller, 'iam.serviceAccounts.actAs', accountKey(cloud, call, email));
  if (!cloud.serviceAccounts.has(email)) throw invalid(`Service account ${email} does not exist.`);
}

/** https with a host; loopback is let through, since everything here is loopback. */
function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined || endpoint === '') return;
  const isHttps = URL.canParse(endpoint) && /^https:\/\/[^/?#\s]/.test(endpoint);
  if (isHttps || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(endpoint)) return;
  throw invalid(
    `Invalid push endpoint given (endpoint=${endpoint}). Refer to https://cloud.google.com/pubsub/docs/push for more information.`,
  );
}

/** The account as a policy key, in the project that its name says; Google's own accounts say none. */
function accountKey(cloud: Cloud, call: ApiCall, email: string): string {
  const named = /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1] ?? /^(\d+)-/.exec(email)?.[1];
  const project = findProject(cloud, named ?? '')?.projectId ?? named ?? call.params['project'];
  return `projects/${project}/serviceAccounts/${email}`;
}
