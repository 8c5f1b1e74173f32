import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createCloudTasksQueue, type TaskRequest } from '../../../functions/adapters/task-queue.ts';
import { AppError } from '../../../functions/errors.ts';
import { planOwnWriteCheck, planTask } from '../../../functions/events/task-name.ts';
import { type FakeGoogle, type Received, startFakeGoogle } from '../../support/fake-google.ts';

const timing = { bucketSeconds: 30, settleSeconds: 10 };
const noon = Date.UTC(2026, 10, 23, 12);
const queue = 'projects/ops-prod/locations/europe-west1/queues/reconcile';

describe('the queue on Cloud Tasks', () => {
  let google: FakeGoogle;
  let answer: (request: Received) => { status: number; body?: unknown };
  beforeEach(async () => {
    sinon.stub(Math, 'random').returns(0);
    answer = () => ({ status: 200, body: {} });
    google = await startFakeGoogle((request) => answer(request));
  });
  afterEach(async () => {
    sinon.restore();
    await google.stop();
  });

  const request = (now: number): TaskRequest => ({
    plan: planTask({ project: 'shop-prod', now, timing }),
    body: { project: 'shop-prod', reason: 'event', eventId: 'e', method: 'm', resource: '//r' },
  });
  const open = (now: number) =>
    createCloudTasksQueue({
      queue,
      url: 'https://reconcile.example/run',
      serviceAccount: 'tasks@ops-prod.iam.gserviceaccount.com',
      apiRoot: google.url,
      token: async () => 'a-token',
      clock: { now: () => now },
    });

  it('creates a named task, scheduled, signed for the function that it calls', async () => {
    const made = request(noon);
    assert.deepEqual(await open(noon).enqueue(made), { outcome: 'created', task: made.plan.id });
    const [got] = google.received;
    assert.equal(`${got?.method} ${got?.path}`, `POST /v2/${queue}/tasks`);
    assert.equal(got?.headers['authorization'], 'Bearer a-token');
    assert.deepEqual(got?.body, {
      task: {
        name: `${queue}/tasks/${made.plan.id}`,
        scheduleTime: '2026-11-23T12:00:40.000Z',
        httpRequest: {
          httpMethod: 'POST',
          url: 'https://reconcile.example/run',
          headers: { 'Content-Type': 'application/json' },
          body: Buffer.from(JSON.stringify(made.body)).toString('base64'),
          oidcToken: {
            serviceAccountEmail: 'tasks@ops-prod.iam.gserviceaccount.com',
            audience: 'https://reconcile.example/run',
          },
        },
      },
    });
  });

  it('takes the task of the bucket before out of the queue, when the new one is in it', async () => {
    const later = noon + 30_000;
    const earlier = request(noon).plan.id;
    assert.equal((await open(later + 5000).enqueue(request(later + 5000))).outcome, 'created');
    const sent = google.received.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
    assert.deepEqual(sent, ['POST tasks', `DELETE ${earlier}`]);
  });

  it('loses nothing when the task before has left or cannot be removed', async () => {
    for (const status of [404, 403, 400]) {
      answer = ({ method }) => ({ status: method === 'DELETE' ? status : 200, body: {} });
      assert.equal((await open(noon + 35_000).enqueue(request(noon + 35_000))).outcome, 'created');
    }
  });

  it('joins a task that is still ahead', async () => {
    answer = () => ({ status: 409 });
    const made = request(noon);
    assert.deepEqual(await open(noon).enqueue(made), { outcome: 'coalesced', task: made.plan.id });
    assert.equal(google.received.length, 1);
  });

  it('takes the next bucket when the task of this name has left, or leaves within 2 s', async () => {
    const made = request(noon);
    answer = ({ body }) => ({ status: JSON.stringify(body).includes(made.plan.id) ? 409 : 200 });
    for (const late of [38_000, 40_000, 55_000]) {
      const result = await open(noon + late).enqueue(made);
      assert.deepEqual(result, { outcome: 'created', task: request(noon + 30_000).plan.id });
    }
  });

  it('gives up after five names, instead of looking for one for ever', async () => {
    answer = () => ({ status: 409 });
    await assert.rejects(open(noon + 86_400_000).enqueue(request(noon)), coded('queue-failed', /names in a row/));
    assert.equal(google.received.length, 5);
  });

  it('is content when an own write is being checked already, whenever that was', async () => {
    answer = () => ({ status: 409 });
    const plan = planOwnWriteCheck({ resource: '//r', etag: 'x', now: noon, timing });
    const body = { project: 'p', reason: 'own-write', resource: '//r', etag: 'x', eventId: 'e' } as const;
    assert.deepEqual(await open(noon + 86_400_000).enqueue({ plan, body }), { outcome: 'coalesced', task: plan.id });
  });

  it('tries 429 and 503 again, and no refusal', async () => {
    const statuses = [429, 503, 200];
    answer = () => ({ status: statuses[google.received.length - 1] ?? 500 });
    assert.equal((await open(noon).enqueue(request(noon))).outcome, 'created');
    assert.equal(google.received.length, 3);
    google.received.length = 0;
    answer = () => ({ status: 403, body: { error: { message: 'lacks cloudtasks.tasks.create' } } });
    await assert.rejects(open(noon).enqueue(request(noon)), coded('queue-failed', /403 lacks cloudtasks/));
    assert.equal(google.received.length, 1);
  });

  it('ends with queue-failed when Google stays busy or away, so that delivery repeats the event', async () => {
    answer = () => ({ status: 503 });
    await assert.rejects(open(noon).enqueue(request(noon)), coded('queue-failed', /503/));
    assert.equal(google.received.length, 5);
    const { url } = google;
    const away = createCloudTasksQueue({
      queue,
      url,
      serviceAccount: 's',
      apiRoot: 'http://127.0.0.1:1',
      token: async () => 't',
      clock: { now: () => noon },
    });
    await assert.rejects(away.enqueue(request(noon)), coded('queue-failed', /no answer/));
  });
});

function coded(code: string, message: RegExp) {
  return (error: unknown) => error instanceof AppError && error.code === code && message.test(error.message);
}
