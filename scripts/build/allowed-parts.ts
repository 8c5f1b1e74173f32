const settings = ['fastest-levenshtein', 'yaml', 'zod'];
const ledger = ['@google-cloud/firestore', 'google-auth-library'];
const slack = ['@slack/web-api'];
const read = [
  '@google-cloud/resource-manager',
  'googleapis/cloudresourcemanager/v1',
  'googleapis/cloudresourcemanager/v3',
  'googleapis/compute/v1',
  'googleapis/iam/v1',
  'googleapis/iap/v1',
  'googleapis/pubsub/v1',
  'googleapis/run/v1',
  'p-limit',
];
const change = ['@google-cloud/logging', 'googleapis/run/v2', 'googleapis/serviceusage/v1beta1'];
const write = ['csv-stringify', 'googleapis/storage/v1', 'hono'];

/**
 * What each function may hold besides its own code: packages that our code imports, and of `googleapis` the APIs. What
 * those bring along is theirs. The build stops at anything else; a test says that nothing here is more than is inside.
 */
export const allowedParts: Readonly<Record<string, readonly string[]>> = {
  'audit-event': settings,
  'slack-action': settings,
  sweep: [...settings, ...ledger, ...slack, '@google-cloud/resource-manager', 'p-limit'],
  report: [...settings, ...ledger, ...slack, ...read, ...write],
  reconcile: [...settings, ...ledger, ...slack, ...read, ...change],
};
