import assert from 'node:assert/strict';
import { defaultLimits, type RetryLimits, withRetry } from '../../../functions/adapters/with-retry.ts';

function buildTiming(random = 0.5) {
  const waits: number[] = [];
  let time = 0;
  const sleep = async (ms: number) => {
    waits.push(ms);
    time += ms;
  };
  return { waits, sleep, random: () => random, now: () => time };
}

function google(status: number, reason?: string): Error {
  const error = { code: status, message: 'words that may change', ...(reason ? { errors: [{ reason }] } : {}) };
  return Object.assign(new Error('request failed'), { response: { status, data: { error } } });
}

function failing(errors: readonly unknown[]) {
  let calls = 0;
  const call = async () => {
    calls += 1;
    const error = errors[calls - 1];
    if (error !== undefined) throw error;
    return 'done';
  };
  return { call, count: () => calls };
}

describe('withRetry', () => {
  for (const [title, error] of [
    ['409', google(409)],
    ['412', google(412, 'conditionNotMet')],
    ['429', google(429)],
    ['500', google(500)],
    ['502', google(502)],
    ['503', google(503)],
    ['504', google(504)],
    ['Compute’s 403 rateLimitExceeded', google(403, 'rateLimitExceeded')],
    ['a reset connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a broken connection under fetch', Object.assign(new Error('f'), { cause: { code: 'UND_ERR_SOCKET' } })],
    ['a gapic client’s UNAVAILABLE', Object.assign(new Error('14 UNAVAILABLE'), { code: 14 })],
    ['a gapic client’s RESOURCE_EXHAUSTED', Object.assign(new Error('8'), { code: 8 })],
  ] as const) {
    it(`repeats after ${title}`, async () => {
      const { call, count } = failing([error, error]);
      assert.equal(await withRetry(call, buildTiming()), 'done');
      assert.equal(count(), 3);
    });
  }

  for (const [title, error] of [
    ['400', google(400)],
    ['401', google(401)],
    ['403 without a rate limit', google(403, 'forbidden')],
    ['404', google(404)],
    ['a gapic client’s NOT_FOUND', Object.assign(new Error('5 NOT_FOUND'), { code: 5 })],
    ['a fault of our own', new TypeError('x is not a function')],
    ['a thrown text', 'text'],
    ['a message that only speaks of 503', new Error('503 rateLimitExceeded ECONNRESET')],
  ] as const) {
    it(`does not repeat after ${title}, and throws it as it came`, async () => {
      const { call, count } = failing([error, undefined]);
      const thrown = await withRetry(call, buildTiming()).catch((caught: unknown) => caught);
      assert.equal(thrown, error);
      assert.equal(count(), 1);
    });
  }

  it('waits a random part of a doubling time, up to the cap', async () => {
    const timing = buildTiming(0.5);
    const limits: RetryLimits = { attempts: 6, totalMs: 1e9, baseMs: 100, capMs: 500 };
    await assert.rejects(() => withRetry(failing(Array(9).fill(google(503))).call, timing, { limits }));
    assert.deepEqual(timing.waits, [50, 100, 200, 250, 250]);
    const lucky = buildTiming(0);
    await withRetry(failing([google(503)]).call, lucky, { limits });
    assert.deepEqual(lucky.waits, [0]);
  });

  it('ends after so many tries, or when the time would run out', async () => {
    const many = failing(Array(99).fill(google(503)));
    await assert.rejects(() => withRetry(many.call, buildTiming(0), { limits: { ...defaultLimits, attempts: 3 } }));
    assert.equal(many.count(), 3);
    const timing = buildTiming(0.99);
    const limits = { attempts: 99, totalMs: 1000, baseMs: 300, capMs: 10_000 };
    await assert.rejects(() => withRetry(failing(Array(99).fill(google(503))).call, timing, { limits }));
    assert.ok(timing.now() <= 1000, `${timing.now()} ms`);
    assert.equal(timing.waits.length, 2);
  });
});
