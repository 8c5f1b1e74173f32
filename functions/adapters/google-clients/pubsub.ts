import type { pubsub_v1 } from 'googleapis/build/src/apis/pubsub/v1.js';
import type { Connection } from './connection.ts';

/** Pub/Sub: push subscriptions. */
export async function openPubsub(connection: Connection): Promise<pubsub_v1.Pubsub> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/pubsub/v1.js'),
    connection.rest('pubsub'),
  ]);
  return new library.pubsub_v1.Pubsub(options);
}
