import assert from 'node:assert/strict';
import { isExpired, retryDelay } from '../../../sandbox/pubsub-push/redelivery.ts';

const subscription = { name: 'projects/p1/subscriptions/s', topic: 'projects/p1/topics/t', pushConfig: {} };
const delays = (policy?: object) =>
  [1, 2, 3, 20].map((attempt) => retryDelay({ ...subscription, ...(policy ? { retryPolicy: policy } : {}) }, attempt));

describe('redelivery of a push', () => {
  it('doubles from the minimum of the retry policy to its maximum', () => {
    assert.deepEqual(delays({ minimumBackoff: '5s', maximumBackoff: '30s' }), [5000, 10_000, 20_000, 30_000]);
    assert.deepEqual(delays({}), [10_000, 20_000, 40_000, 600_000], "the API's defaults");
    assert.deepEqual(delays(), [100, 200, 400, 60_000], 'as soon as possible');
  });

  it('ends when the subscription keeps the message no longer', () => {
    const message = { messageId: '1', publishTime: '2026-01-01T00:00:00Z' };
    const at = (now: string) =>
      isExpired({ ...subscription, messageRetentionDuration: '600s' }, message, {
        now: new Date(now),
        timeScale: 1,
      });
    assert.deepEqual([at('2026-01-01T00:09:59Z'), at('2026-01-01T00:10:00Z')], [false, true]);
  });
});
