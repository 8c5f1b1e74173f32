import triggers from '../../infra/generated/triggers.json' with { type: 'json' };
import type { Cloud } from '../cloud.ts';

export interface EventsSide {
  readonly project: string;
  readonly region: string;
  /** Those of the list that get a trigger; as in infra, one each. */
  readonly methods: readonly string[];
  /** E-mail of the account that events are delivered as. */
  readonly triggersAccount: string;
}

/** The triggers of `infra/modules/events-eventarc`, as Eventarc shows them: what the deployment's delivery does. */
export function putTriggers(cloud: Cloud, { project, region, methods, triggersAccount }: EventsSide): void {
  for (const { name: id, serviceName, methodName } of triggers.filter((one) => methods.includes(one.methodName))) {
    const name = `projects/${project}/locations/global/triggers/sallyport-${id}`;
    const now = cloud.now().toISOString();
    cloud.triggers.set(name, {
      name,
      createTime: now,
      updateTime: now,
      eventFilters: [
        { attribute: 'type', value: 'google.cloud.audit.log.v1.written' },
        { attribute: 'serviceName', value: serviceName },
        { attribute: 'methodName', value: methodName },
      ],
      serviceAccount: triggersAccount,
      destination: { cloudRun: { service: 'sallyport-audit-event', region } },
    });
  }
}

/** The topic and subscription of `infra/modules/dead-letters`; the topic's name. */
export function putDeadLetters(cloud: Cloud, project: string): string {
  const topic = `projects/${project}/topics/sallyport-dead-letters`;
  const name = `projects/${project}/subscriptions/sallyport-dead-letters`;
  cloud.pubsub.topics.set(topic, { name: topic });
  cloud.pubsub.subscriptions.set(name, {
    name,
    topic,
    pushConfig: {},
    ackDeadlineSeconds: 60,
    messageRetentionDuration: '2678400s',
    expirationPolicy: {},
    state: 'ACTIVE',
  });
  return topic;
}
