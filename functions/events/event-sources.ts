import { findWatchedMethod, type WatchedMethod, watchedMethods } from './watched-methods.ts';

/**
 * The methods that get an Eventarc trigger of their own: at most 12, because a trigger names one method (FACTS 1.4) and
 * each is a resource to pay attention to. They are those that open or shut the inner door, or a push on its way to it; what
 * is left out (URL maps, deletions, beta and alpha spellings, project policies) is repaired by the sweep, or seen at once by
 * a log sink. docs/events.md says what was left out for what.
 */
export function eventarcTriggers(): readonly WatchedMethod[] {
  return direct.map(([serviceName, methodName]) => {
    const row = findWatchedMethod(serviceName, methodName);
    if (!row) throw new Error(`${methodName} has a trigger but is not in the list of watched methods.`);
    return row;
  });
}

const run = 'run.googleapis.com';
const compute = 'compute.googleapis.com';
const pubsub = 'pubsub.googleapis.com';

const direct: readonly (readonly [serviceName: string, methodName: string])[] = [
  [run, 'google.cloud.run.v1.Services.CreateService'],
  [run, 'google.cloud.run.v1.Services.ReplaceService'],
  [run, 'google.cloud.run.v1.Services.SetIamPolicy'],
  [run, 'google.cloud.run.v2.Services.UpdateService'],
  [run, 'google.cloud.run.v2.Services.SetIamPolicy'],
  [compute, 'v1.compute.backendServices.insert'],
  [compute, 'v1.compute.backendServices.patch'],
  [compute, 'v1.compute.backendServices.update'],
  // The console switches IAP on through the beta API.
  [compute, 'beta.compute.backendServices.patch'],
  [compute, 'v1.compute.regionBackendServices.patch'],
  [pubsub, 'google.pubsub.v1.Subscriber.CreateSubscription'],
  [pubsub, 'google.pubsub.v1.Subscriber.UpdateSubscription'],
];

/** The filter of a log sink that sends exactly the watched entries, in Cloud Logging's query language (at most 20,000 characters). */
export function sinkFilter(): string {
  const logs = ['activity', 'system_event', 'data_access'].map((log) => `log_id("cloudaudit.googleapis.com/${log}")`);
  const services = [...new Set(watchedMethods.map((row) => row.serviceName))].map((serviceName) => {
    const methods = watchedMethods.filter((row) => row.serviceName === serviceName).map((row) => `"${row.methodName}"`);
    return `(protoPayload.serviceName="${serviceName}" AND protoPayload.methodName=(\n    ${methods.join('\n    OR ')}\n  ))`;
  });
  return `(${logs.join(' OR ')})\nAND (\n  ${services.join('\n  OR ')}\n)\n`;
}
