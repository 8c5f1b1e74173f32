import { z } from 'zod';
import type { ApiCall, ApiMethod, ApiReply } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import { requirePermission } from '../../permissions.ts';
import type { SubscriptionRecord } from '../../pubsub-store.ts';
import { takePage } from '../paging.ts';
import { auditPubSub, emptyResponse, messageOf } from './audit.ts';
import { checkPushConfig, pushConfigSchema } from './push-config.ts';
import {
  checkNewName,
  inProject,
  ok,
  parse,
  pubsubMethod,
  requireSubscription,
  requireTopic,
  subscriptionOf,
} from './request.ts';
import { completeSubscription, type SubscriptionBody, subscriptionSchema } from './subscription-body.ts';
import { applyUpdateMask } from './subscription-mask.ts';

const one = 'subscriptions/{subscription}';
const permissions = {
  create: 'pubsub.subscriptions.create',
  attach: 'pubsub.topics.attachSubscription',
  update: 'pubsub.subscriptions.update',
  delete: 'pubsub.subscriptions.delete',
} as const;

/** Subscriptions as gcloud, Terraform and the client libraries write them; `pubsub-push/` sends what they ask for. */
export const subscriptionMethods: readonly ApiMethod[] = [
  pubsubMethod({
    name: 'subscriptions.create',
    verb: 'PUT',
    path: one,
    permission: permissions.create,
    audited: { method: 'Subscriber.CreateSubscription', request: requestOfCreate },
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
    handle: listSubscriptions,
  }),
  pubsubMethod({
    name: 'subscriptions.patch',
    verb: 'PATCH',
    path: one,
    permission: permissions.update,
    audited: { method: 'Subscriber.UpdateSubscription', request: requestOfUpdate },
    handle: patchSubscription,
  }),
  pubsubMethod({
    name: 'subscriptions.modifyPushConfig',
    verb: 'POST',
    path: `${one}:modifyPushConfig`,
    permission: permissions.update,
    audited: { method: 'Subscriber.ModifyPushConfig', request: requestOfModify },
    handle: modifyPushConfig,
  }),
  pubsubMethod({
    name: 'subscriptions.delete',
    verb: 'DELETE',
    path: one,
    permission: permissions.delete,
    audited: { method: 'Subscriber.DeleteSubscription', request: requestOfDelete },
    handle: deleteSubscription,
  }),
];

const json = z.record(z.string(), z.unknown());
const patchBody = z.strictObject({ subscription: json, updateMask: z.string().min(1) });
const modifyBody = z.strictObject({ pushConfig: pushConfigSchema });

function createSubscription(call: ApiCall, cloud: Cloud): ApiReply {
  const name = subscriptionOf(call);
  checkNewName(name, cloud.pubsub.subscriptions);
  const given = parse(subscriptionSchema, call.body);
  requirePermission(cloud, call.caller, permissions.attach, given.topic);
  requireTopic(cloud, given.topic);
  checkPushConfig(call, cloud, given.pushConfig);
  const record = recordOf(name, completeSubscription(cloud, given));
  cloud.pubsub.subscriptions.set(name, record);
  // Google's entry names the topic, not the subscription (sample pubsub-…-CreateSubscription.1).
  auditPubSub(call, cloud, {
    method: 'Subscriber.CreateSubscription',
    permission: permissions.attach,
    resource: given.topic,
    request: requestOfCreate(call),
    response: messageOf('Subscription', record),
  });
  return ok(record);
}

function listSubscriptions(call: ApiCall, cloud: Cloud): ApiReply {
  const { items, nextPageToken } = takePage(
    inProject(call, cloud.pubsub.subscriptions),
    { size: call.query.get('pageSize'), token: call.query.get('pageToken') },
    { defaultSize: 100, maxSize: 1000 },
  );
  return ok({ subscriptions: items, ...(nextPageToken ? { nextPageToken } : {}) });
}

function patchSubscription(call: ApiCall, cloud: Cloud): ApiReply {
  const current = requireSubscription(call, cloud);
  const { subscription, updateMask } = parse(patchBody, call.body);
  const changed = parse(subscriptionSchema, applyUpdateMask(current, subscription, updateMask));
  if (/(^|,)\s*push_?[cC]onfig/.test(updateMask)) checkPushConfig(call, cloud, changed.pushConfig);
  const record = recordOf(current.name, completeSubscription(cloud, changed));
  cloud.pubsub.subscriptions.set(current.name, record);
  auditPubSub(call, cloud, {
    method: 'Subscriber.UpdateSubscription',
    permission: permissions.update,
    resource: current.name,
    request: requestOfUpdate(call),
    response: messageOf('Subscription', record),
  });
  return ok(record);
}

function modifyPushConfig(call: ApiCall, cloud: Cloud): ApiReply {
  const current = requireSubscription(call, cloud);
  const { pushConfig } = parse(modifyBody, call.body);
  checkPushConfig(call, cloud, pushConfig);
  cloud.pubsub.subscriptions.set(current.name, { ...current, pushConfig });
  auditPubSub(call, cloud, {
    method: 'Subscriber.ModifyPushConfig',
    permission: permissions.update,
    resource: current.name,
    request: requestOfModify(call),
    response: emptyResponse,
  });
  return ok({});
}

function deleteSubscription(call: ApiCall, cloud: Cloud): ApiReply {
  const { name } = requireSubscription(call, cloud);
  cloud.pubsub.subscriptions.delete(name);
  cloud.pubsub.backlog.forget(name);
  auditPubSub(call, cloud, {
    method: 'Subscriber.DeleteSubscription',
    permission: permissions.delete,
    resource: name,
    request: requestOfDelete(call),
    response: emptyResponse,
  });
  return ok({});
}

function recordOf(name: string, body: SubscriptionBody): SubscriptionRecord {
  return { ...body, name, state: 'ACTIVE' };
}

function requestOfCreate(call: ApiCall): Record<string, unknown> {
  return messageOf('Subscription', { ...json.safeParse(call.body).data, name: subscriptionOf(call) });
}

function requestOfUpdate({ body }: ApiCall): Record<string, unknown> {
  return messageOf('UpdateSubscriptionRequest', json.safeParse(body).data ?? {});
}

function requestOfModify(call: ApiCall): Record<string, unknown> {
  return messageOf('ModifyPushConfigRequest', {
    subscription: subscriptionOf(call),
    ...json.safeParse(call.body).data,
  });
}

function requestOfDelete(call: ApiCall): Record<string, unknown> {
  return messageOf('DeleteSubscriptionRequest', { subscription: subscriptionOf(call) });
}
