import type { PushSubscription } from '../../inventory.ts';
import type { NormalizeOptions } from './canonical-project.ts';
import { parseRecord, parseText } from './fields.ts';

/** A Pub/Sub push subscription; undefined for anything else, and for one that pushes nowhere. */
export function normalizeSubscription(raw: unknown, options: NormalizeOptions): PushSubscription | undefined {
  const resource = parseRecord(raw);
  const given = options.name ?? `//pubsub.googleapis.com/${parseText(resource?.['name']) ?? ''}`;
  const [, project, id] = subscriptionName.exec(given) ?? [];
  const push = parseRecord(resource?.['pushConfig']);
  const endpoint = parseText(push?.['pushEndpoint']);
  if (!resource || project === undefined || id === undefined || endpoint === undefined) return undefined;
  const owner = options.canonicalProject(project);
  const token = parseRecord(push?.['oidcToken']);
  const serviceAccount = parseText(token?.['serviceAccountEmail']);
  const audience = parseText(token?.['audience']);
  const noWrapper = parseRecord(push?.['noWrapper']);
  return {
    name: `//pubsub.googleapis.com/projects/${owner}/subscriptions/${id}`,
    project: owner,
    topic: parseText(resource['topic']) ?? '',
    endpoint,
    ...(serviceAccount === undefined
      ? {}
      : { oidc: { serviceAccount, ...(audience === undefined ? {} : { audience }) } }),
    ...(noWrapper ? { noWrapper: { writeMetadata: noWrapper['writeMetadata'] === true } } : {}),
  };
}

const subscriptionName = /^\/\/pubsub\.googleapis\.com\/projects\/([^/]+)\/subscriptions\/([^/]+)$/;
