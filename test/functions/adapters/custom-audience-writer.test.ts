import assert from 'node:assert/strict';
import { createCustomAudienceWriter } from '../../../functions/adapters/custom-audience-writer.ts';
import type { CustomAudienceChange, ServiceState } from '../../../functions/core/change/change.ts';
import { service } from '../../support/estate.ts';

const shared = 'https://shop.acme.example';
const change: CustomAudienceChange = {
  capability: 'add-custom-audience',
  kind: 'custom-audience',
  resource: service().name,
  audience: shared,
  subscription: '//pubsub.googleapis.com/projects/p/subscriptions/s',
};

/** One service in memory, with errors that tests put in the way. */
function setUp(capabilities: readonly string[] = ['add-custom-audience'], endpoint = `${shared}/hook`) {
  let state: ServiceState = { etag: 'e1', generation: '1', ingress: 'all', customAudiences: ['a'] };
  const patches: unknown[] = [];
  const faults: { status: number; isDone: boolean }[] = [];
  const writer = createCustomAudienceWriter({
    services: {
      get: async () => ({ raw: {}, state }),
      async patch(_, { body }) {
        patches.push(body);
        const fault = faults.shift();
        if (!fault || fault.isDone)
          state = { ...state, etag: 'e2', generation: '2', customAudiences: body['customAudiences'] as string[] };
        if (fault) throw Object.assign(new Error('words'), { response: { status: fault.status } });
      },
    },
    subscriptions: { get: async () => ({ pushConfig: {}, endpoint }) },
    timing: { sleep: async () => undefined, random: () => 0.5, now: () => 0 },
    capabilities,
  });
  return { writer, patches, faults };
}

describe('the writer of custom audiences', () => {
  it('adds one, on the version that was read, and takes it out again', async () => {
    const { writer, patches } = setUp();
    const { changed, after } = await writer.changeCustomAudience(change);
    assert.deepEqual([changed, after.customAudiences], [true, ['a', shared]]);
    assert.equal((await writer.changeCustomAudience(change)).changed, false);
    const { subscription: _, ...bare } = change;
    const undone = await writer.changeCustomAudience({ ...bare, generation: '2', undoes: 'c' });
    assert.deepEqual(undone.after.customAudiences, ['a']);
    assert.deepEqual(patches, [
      { customAudiences: ['a', shared], etag: 'e1' },
      { customAudiences: ['a'], etag: 'e2' },
    ]);
  });

  it('asks the guard: nothing is sent for a host that the subscription does not push to, nor where the capability is off', async () => {
    for (const { writer, patches } of [setUp(undefined, 'https://evil.example/'), setUp([])]) {
      await assert.rejects(writer.changeCustomAudience(change), { code: 'write-refused' });
      await assert.rejects(writer.previewCustomAudience(change), { code: 'write-refused' });
      assert.deepEqual(patches, []);
    }
  });

  it('starts again after a conflict, and knows a write whose answer was lost as its own', async () => {
    for (const fault of [
      { status: 409, isDone: false },
      { status: 503, isDone: true },
    ]) {
      const { writer, faults } = setUp();
      faults.push(fault);
      const { changed, before, after } = await writer.changeCustomAudience(change);
      assert.deepEqual([changed, before.etag, after.customAudiences], [true, 'e1', ['a', shared]]);
    }
  });

  it('undoes nothing on a version that nobody looked at', async () => {
    const { writer, patches } = setUp();
    await assert.rejects(writer.changeCustomAudience({ ...change, audience: 'a', generation: '7', undoes: 'c' }), {
      code: 'undo-changed-since',
    });
    assert.deepEqual(patches, []);
  });
});
