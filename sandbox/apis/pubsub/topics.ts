import { z } from 'zod';
import type { ApiCall, ApiMethod, ApiReply } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import { auditPubSub } from './audit.ts';
import { checkNewName, inProject, ok, parse, pubsubMethod, requireTopic, topicOf } from './request.ts';

/** Topics; what is published is kept in `cloud.pubsub` for reading. */
export const topicMethods: readonly ApiMethod[] = [
  pubsubMethod({
    name: 'topics.create',
    verb: 'PUT',
    path: 'topics/{topic}',
    permission: 'pubsub.topics.create',
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
    handle: (call, cloud) => ok({ topics: inProject(call, cloud.pubsub.topics) }),
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
    .min(1),
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
    request: topic,
    response: topic,
  });
  return ok(topic);
}

function publish(call: ApiCall, cloud: Cloud): ApiReply {
  requireTopic(cloud, topicOf(call));
  const { messages } = parse(publishBody, call.body);
  return ok({ messageIds: messages.map((message) => cloud.pubsub.publish(topicOf(call), message)) });
}
