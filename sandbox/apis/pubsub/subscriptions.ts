import { z } from 'zod';
import type { ApiCall, ApiMethod, ApiReply } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { SubscriptionRecord } from '../../pubsub-store.ts';
import { auditPubSub } from './audit.ts';
import {
  checkNewName,
  inProject,
  invalid,
  ok,
  parse,
  pubsubMethod,
  requireSubscription,
  requireTopic,
  subscriptionOf,
} from './request.ts';

const one = 'subscriptions/{subscription}';
const update = 'pubsub.subscriptions.update';

/** Subscriptions as gcloud, Terraform and the client libraries write them. Nothing is pushed from here yet. */
export const subscriptionMethods: readonly ApiMethod[] = [
  pubsubMethod({
    name: 'subscriptions.create',
    verb: 'PUT',
    path: one,
    permission: 'pubsub.subscriptions.create',
    handle: createSubscription,
  }),
  pubsubMethod({
    name: 'subscriptions.get',
    verb: 'GET',
    path: one,
    permission: 'pubsub.subscriptions.get',
    handle: (call, cloud) => ok(requireSubscription(call, cloud)),
  }),
  pubsubMethod({
    name: 'subscriptions.list',
    verb: 'GET',
    path: 'subscriptions',
    permission: 'pubsub.subscriptions.list',
    handle: (call, cloud) => ok({ subscriptions: inProject(call, cloud.pubsub.subscriptions) }),
  }),
  pubsubMethod({
    name: 'subscriptions.patch',
    verb: 'PATCH',
    path: one,
    permission: update,
    handle: patchSubscription,
  }),
  pubsubMethod({
    name: 'subscriptions.modifyPushConfig',
    verb: 'POST',
    path: `${one}:modifyPushConfig`,
    permission: update,
    handle: modifyPushConfig,
  }),
  pubsubMethod({
    name: 'subscriptions.delete',
    verb: 'DELETE',
    path: one,
    permission: 'pubsub.subscriptions.delete',
    handle: deleteSubscription,
  }),
];

const json = z.record(z.string(), z.unknown());
const pushConfig = z.looseObject({
  pushEndpoint: z.string().optional(),
  oidcToken: z.object({ serviceAccountEmail: z.string().optional(), audience: z.string().optional() }).optional(),
});
const subscriptionBody = z.looseObject({ topic: z.string(), pushConfig: pushConfig.default({}) });
const patchBody = z.object({ subscription: json, updateMask: z.string().min(1) });
const modifyBody = z.object({ pushConfig });

function createSubscription(call: ApiCall, cloud: Cloud): ApiReply {
  const name = subscriptionOf(call);
  checkNewName(name, cloud.pubsub.subscriptions);
  const given = parse(subscriptionBody, call.body);
  requireTopic(cloud, given.topic);
  checkPushConfig(given.pushConfig);
  const record: SubscriptionRecord = {
    ackDeadlineSeconds: 10,
    messageRetentionDuration: '604800s',
    expirationPolicy: { ttl: '2678400s' },
    state: 'ACTIVE',
    ...given,
    name,
  };
  cloud.pubsub.subscriptions.set(name, record);
  // Google's entry names the topic, not the subscription (sample pubsub-…-CreateSubscription.1).
  auditPubSub(call, cloud, {
    method: 'Subscriber.CreateSubscription',
    permission: 'pubsub.topics.attachSubscription',
    resource: given.topic,
    request: { ...given, name },
    response: record,
  });
  return ok(record);
}

function patchSubscription(call: ApiCall, cloud: Cloud): ApiReply {
  const current = requireSubscription(call, cloud);
  const { subscription, updateMask } = parse(patchBody, call.body);
  const changed: SubscriptionRecord = { ...current };
  for (const path of updateMask.split(',').map((each) => toCamelCase(each.trim()))) {
    const [field = '', inner] = path.split('.');
    if (field === 'name' || field === 'topic') {
      throw invalid(
        `Invalid update_mask provided in the UpdateSubscriptionRequest: '${field}' is not a known or mutable field.`,
      );
    }
    changed[field] = inner === undefined ? subscription[field] : mergeField(changed[field], subscription[field], inner);
  }
  changed.pushConfig = parse(pushConfig.default({}), changed['pushConfig']);
  checkPushConfig(changed.pushConfig);
  cloud.pubsub.subscriptions.set(current.name, changed);
  auditPubSub(call, cloud, {
    method: 'Subscriber.UpdateSubscription',
    permission: update,
    resource: current.name,
    request: { subscription, updateMask },
    response: changed,
  });
  return ok(changed);
}

function mergeField(current: unknown, given: unknown, inner: string): Record<string, unknown> {
  return { ...parse(json.default({}), current), [inner]: parse(json.default({}), given)[inner] };
}

function modifyPushConfig(call: ApiCall, cloud: Cloud): ApiReply {
  const current = requireSubscription(call, cloud);
  const { pushConfig: given } = parse(modifyBody, call.body);
  checkPushConfig(given);
  cloud.pubsub.subscriptions.set(current.name, { ...current, pushConfig: given });
  auditPubSub(call, cloud, {
    method: 'Subscriber.ModifyPushConfig',
    permission: update,
    resource: current.name,
    request: { subscription: current.name, pushConfig: given },
    response: {},
  });
  return ok({});
}

function deleteSubscription(call: ApiCall, cloud: Cloud): ApiReply {
  const { name } = requireSubscription(call, cloud);
  cloud.pubsub.subscriptions.delete(name);
  auditPubSub(call, cloud, {
    method: 'Subscriber.DeleteSubscription',
    permission: 'pubsub.subscriptions.delete',
    resource: name,
    request: { subscription: name },
    response: {},
  });
  return ok({});
}

/** A push endpoint is https with a host; loopback is let through, since everything here is loopback. */
function checkPushConfig({ pushEndpoint }: Record<string, unknown>): void {
  if (typeof pushEndpoint !== 'string' || pushEndpoint === '') return;
  if (/^https:\/\/[^/]+/.test(pushEndpoint) || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(pushEndpoint)) return;
  throw invalid(
    `Invalid push endpoint given (endpoint=${pushEndpoint}). Refer to https://cloud.google.com/pubsub/docs/push for more information.`,
  );
}

function toCamelCase(field: string): string {
  return field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
