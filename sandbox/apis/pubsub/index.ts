import type { ApiMethod } from '../../api.ts';
import { pullMethods } from './pull.ts';
import { subscriptionMethods } from './subscriptions.ts';
import { topicMethods } from './topics.ts';

/** Pub/Sub v1 as far as Sallyport, gcloud and dead letters need it. */
export const pubsubMethods: readonly ApiMethod[] = [...topicMethods, ...subscriptionMethods, ...pullMethods];
