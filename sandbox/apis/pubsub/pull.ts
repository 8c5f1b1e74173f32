import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { SubscriptionRecord } from '../../pubsub-store.ts';
import { parseDuration } from '../../task-store.ts';
import { invalid, ok, parse, pubsubMethod, requireSubscription } from './request.ts';

const one = 'subscriptions/{subscription}';
const permission = 'pubsub.subscriptions.consume';

/** How subscribers without an endpoint take messages: pull, and then say what became of them. */
export const pullMethods: readonly ApiMethod[] = [
  pubsubMethod({ name: 'subscriptions.pull', verb: 'POST', path: `${one}:pull`, permission, handle: pull }),
  pubsubMethod({
    name: 'subscriptions.acknowledge',
    verb: 'POST',
    path: `${one}:acknowledge`,
    permission,
    handle: acknowledge,
  }),
  pubsubMethod({
    name: 'subscriptions.modifyAckDeadline',
    verb: 'POST',
    path: `${one}:modifyAckDeadline`,
    permission,
    handle: modifyAckDeadline,
  }),
];

/** Longer Google waits for a first message than it is worth here: "for a bounded amount of time". */
const patienceMs = 3000;

const int32 = z.int();
const ackIds = z.array(z.string());
const pullBody = z.strictObject({ maxMessages: int32.default(0), returnImmediately: z.boolean().default(false) });
const ackBody = z.strictObject({ ackIds: ackIds.default([]) });
const deadlineBody = z.strictObject({ ackIds: ackIds.default([]), ackDeadlineSeconds: int32.default(0) });

async function pull(call: ApiCall, cloud: Cloud): Promise<ApiReply> {
  const subscription = requirePullSubscription(call, cloud);
  const { maxMessages, returnImmediately } = parse(pullBody, call.body ?? {});
  if (maxMessages <= 0) throw invalid('You have passed an invalid argument to the service (argument=max_messages).');
  const take = () => receive(cloud, subscription, maxMessages);
  const end = Date.now() + (returnImmediately ? 0 : patienceMs);
  let messages = take();
  while (messages.length === 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    messages = take();
  }
  return ok(messages.length > 0 ? { receivedMessages: messages } : {});
}

function receive(cloud: Cloud, subscription: SubscriptionRecord, max: number) {
  const { backlog } = cloud.pubsub;
  const { name } = subscription;
  backlog.expire(name, cloud.now().getTime() - retentionMs(subscription));
  const deadlineMs = Number(subscription['ackDeadlineSeconds'] ?? 10) * 1000;
  return backlog.take(name, { max, deadlineMs }).map(({ ackId, message, attempt }) => ({
    ackId,
    message,
    ...(subscription['deadLetterPolicy'] ? { deliveryAttempt: attempt } : {}),
  }));
}

function acknowledge(call: ApiCall, cloud: Cloud): ApiReply {
  const { name } = requirePullSubscription(call, cloud);
  const { ackIds } = parse(ackBody, call.body ?? {});
  checkAckIds(cloud, name, ackIds);
  cloud.pubsub.backlog.acknowledge(name, ackIds);
  return ok({});
}

function modifyAckDeadline(call: ApiCall, cloud: Cloud): ApiReply {
  const { name } = requirePullSubscription(call, cloud);
  const { ackIds, ackDeadlineSeconds } = parse(deadlineBody, call.body ?? {});
  checkAckIds(cloud, name, ackIds);
  if (ackDeadlineSeconds < 0 || ackDeadlineSeconds > 600)
    throw invalid(`Invalid ack deadline given (seconds=${ackDeadlineSeconds}): it must be between 0 and 600.`);
  cloud.pubsub.backlog.extend(name, ackIds, ackDeadlineSeconds * 1000);
  return ok({});
}

function requirePullSubscription(call: ApiCall, cloud: Cloud): SubscriptionRecord {
  const subscription = requireSubscription(call, cloud);
  // What Google says of a pull from a push subscription was not found: the sentence is ours.
  if (subscription.pushConfig['pushEndpoint'])
    throw new GoogleError(400, 'FAILED_PRECONDITION', 'Messages of a push subscription cannot be pulled.');
  for (const field of ['filter', 'enableMessageOrdering', 'enableExactlyOnceDelivery'])
    if (subscription[field])
      throw new GoogleError(501, 'UNIMPLEMENTED', `Pulling with ${field} is not modelled by the sandbox.`);
  return subscription;
}

function checkAckIds(cloud: Cloud, subscription: string, ids: readonly string[]): void {
  if (ids.length === 0) throw invalid('You have passed an invalid argument to the service (argument=ack_ids).');
  const bad = ids.find((id) => !cloud.pubsub.backlog.isKnown(subscription, id));
  if (bad !== undefined) throw invalid(`You have passed an invalid ack ID to the service (ack_id=${bad}).`);
}

function retentionMs(subscription: SubscriptionRecord): number {
  const retention = subscription['messageRetentionDuration'];
  return parseDuration(typeof retention === 'string' ? retention : '604800s');
}
