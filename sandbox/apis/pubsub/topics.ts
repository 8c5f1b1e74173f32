import { z } from 'zod';
import type { ApiCall, ApiMethod, ApiReply } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import { takePage } from '../paging.ts';
import { auditPubSub, emptyResponse, messageOf } from './audit.ts';
import { checkNewName, inProject, invalid, ok, parse, pubsubMethod, requireTopic, topicOf } from './request.ts';

/** Topics; what is published is kept in `cloud.pubsub` for reading, and goes to the topic's push subscriptions. */
export const topicMethods: readonly ApiMethod[] = [
  pubsubMethod({
    name: 'topics.create',
    verb: 'PUT',
    path: 'topics/{topic}',
    permission: 'pubsub.topics.create',
    audited: { method: 'Publisher.CreateTopic', request: (call) => messageOf('Topic', { name: topicOf(call) }) },
    handle: createTopic,
  }),
  pubsubMethod({
    name: 'topics.get',
    verb: 'GET',
    path: 'topics/{topic}',
    permission: 'pubsub.topics.get',
    handle: (call, cloud) => ok(requireTopic(cloud, topicOf(call))),
  }),
  pubsubMethod({
    name: 'topics.list',
    verb: 'GET',
    path: 'topics',
    permission: 'pubsub.topics.list',
    handle: listTopics,
  }),
  pubsubMethod({
    name: 'topics.delete',
    verb: 'DELETE',
    path: 'topics/{topic}',
    permission: 'pubsub.topics.delete',
    audited: { method: 'Publisher.DeleteTopic', request: requestOfDelete },
    handle: deleteTopic,
  }),
  pubsubMethod({
    name: 'topics.subscriptions.list',
    verb: 'GET',
    path: 'topics/{topic}/subscriptions',
    permission: 'pubsub.topics.get',
    handle: listTopicSubscriptions,
  }),
  pubsubMethod({
    name: 'topics.publish',
    verb: 'POST',
    path: 'topics/{topic}:publish',
    permission: 'pubsub.topics.publish',
    handle: publish,
  }),
];

const topicBody = z.record(z.string(), z.unknown()).default({});
const publishBody = z.object({
  messages: z
    .array(
      z.object({
        data: z.base64().optional(),
        attributes: z.record(z.string(), z.string()).optional(),
        orderingKey: z.string().optional(),
      }),
    )
    .min(1)
    .max(1000),
});

function createTopic(call: ApiCall, cloud: Cloud): ApiReply {
  const name = topicOf(call);
  checkNewName(name, cloud.pubsub.topics);
  const topic = { ...parse(topicBody, call.body), name };
  cloud.pubsub.topics.set(name, topic);
  auditPubSub(call, cloud, {
    method: 'Publisher.CreateTopic',
    permission: 'pubsub.topics.create',
    resource: name,
    request: messageOf('Topic', topic),
    response: messageOf('Topic', topic),
  });
  return ok(topic);
}

function listTopics(call: ApiCall, cloud: Cloud): ApiReply {
  const { items, nextPageToken } = pageOf(call, inProject(call, cloud.pubsub.topics));
  return ok({ topics: items, ...(nextPageToken ? { nextPageToken } : {}) });
}

/** Its subscriptions stay, and are of `_deleted-topic_` (pubsub.v1). */
function deleteTopic(call: ApiCall, cloud: Cloud): ApiReply {
  const name = topicOf(call);
  requireTopic(cloud, name);
  cloud.pubsub.topics.delete(name);
  for (const [key, record] of cloud.pubsub.subscriptions) {
    if (record.topic === name) cloud.pubsub.subscriptions.set(key, { ...record, topic: '_deleted-topic_' });
  }
  auditPubSub(call, cloud, {
    method: 'Publisher.DeleteTopic',
    permission: 'pubsub.topics.delete',
    resource: name,
    request: requestOfDelete(call),
    response: emptyResponse,
  });
  return ok({});
}

function requestOfDelete(call: ApiCall): Record<string, unknown> {
  return messageOf('DeleteTopicRequest', { topic: topicOf(call) });
}

function listTopicSubscriptions(call: ApiCall, cloud: Cloud): ApiReply {
  const name = topicOf(call);
  requireTopic(cloud, name);
  const names = [...cloud.pubsub.subscriptions.values()].filter(({ topic }) => topic === name).map((one) => one.name);
  const { items, nextPageToken } = pageOf(call, names);
  return ok({ subscriptions: items, ...(nextPageToken ? { nextPageToken } : {}) });
}

function pageOf<T>({ query }: ApiCall, all: readonly T[]) {
  const asked = { size: query.get('pageSize'), token: query.get('pageToken') };
  return takePage(all, asked, { defaultSize: 100, maxSize: 1000 });
}

function publish(call: ApiCall, cloud: Cloud): ApiReply {
  requireTopic(cloud, topicOf(call));
  const { messages } = parse(publishBody, call.body);
  if (messages.some(({ data = '', attributes = {} }) => data === '' && Object.keys(attributes).length === 0)) {
    throw invalid(
      'One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute.',
    );
  }
  return ok({ messageIds: messages.map((message) => cloud.pubsub.publish(topicOf(call), message)) });
}
