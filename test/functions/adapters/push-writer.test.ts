import assert from 'node:assert/strict';
import { createPushWriter } from '../../../functions/adapters/push-writer.ts';
import type { PushAudienceChange, PushState } from '../../../functions/core/change/change.ts';
import { clientId } from '../../support/estate.ts';

const change: PushAudienceChange = {
  capability: 'set-push-audience',
  kind: 'push-audience',
  resource: '//pubsub.googleapis.com/projects/p/subscriptions/s',
  audience: clientId,
  endpoint: 'https://shop.example/',
};

/** One subscription in memory, with errors that tests put in the way. */
function setUp(capabilities: readonly string[] = ['set-push-audience']) {
  const build = (audience: string | undefined, more: object = {}): PushState => {
    const token = {
      serviceAccountEmail: 'a@p.iam.gserviceaccount.com',
      ...(audience === undefined ? {} : { audience }),
    };
    const pushConfig = { pushEndpoint: 'https://shop.example/', oidcToken: token, ...more };
    return {
      pushConfig,
      endpoint: 'https://shop.example/',
      account: token.serviceAccountEmail,
      ...(audience === undefined ? {} : { audience }),
    };
  };
  let state = build(undefined);
  const sent: PushState['pushConfig'][] = [];
  const faults: { status: number; isDone: boolean }[] = [];
  const writer = createPushWriter({
    subscriptions: {
      get: async () => state,
      async setPushConfig(_, pushConfig) {
        sent.push(pushConfig);
        const fault = faults.shift();
        if (!fault || fault.isDone) state = build(clientId);
        if (fault) throw Object.assign(new Error('words'), { response: { status: fault.status } });
      },
    },
    timing: { sleep: async () => undefined, random: () => 0.5, now: () => 0 },
    capabilities,
  });
  return {
    writer,
    sent,
    faults,
    state: () => state,
    put(next: PushState) {
      state = next;
    },
    build,
  };
}

describe('the writer of push audiences', () => {
  it('sends the whole push configuration with another audience, and reads what came of it', async () => {
    const { writer, sent, build } = setUp();
    const { changed, before, after } = await writer.changePushAudience(change);
    assert.deepEqual([changed, before, after], [true, build(undefined), build(clientId)]);
    assert.deepEqual(sent, [build(clientId).pushConfig]);
  });

  it('writes nothing where the audience is set already', async () => {
    const { writer, sent, put, build } = setUp();
    put(build(clientId));
    assert.equal((await writer.changePushAudience(change)).changed, false);
    assert.deepEqual(sent, []);
  });

  it('asks the guard: nothing is sent for another audience, nor where the capability is off', async () => {
    for (const { writer, sent, one } of [
      { ...setUp(), one: { ...change, audience: 'https://evil.example' } },
      { ...setUp([]), one: change },
    ]) {
      await assert.rejects(writer.changePushAudience(one), { code: 'write-refused' });
      await assert.rejects(writer.previewPushAudience(one), { code: 'write-refused' });
      assert.deepEqual(sent, []);
    }
  });

  it('knows a write whose answer was lost as its own, and repeats one that did not arrive', async () => {
    for (const isDone of [true, false]) {
      const { writer, sent, faults, build } = setUp();
      faults.push({ status: 503, isDone });
      const { changed, before } = await writer.changePushAudience(change);
      assert.deepEqual([changed, before, sent.length], [true, build(undefined), isDone ? 1 : 2]);
    }
  });

  it('says that a write was not kept', async () => {
    const { writer, put, build } = setUp();
    const other = build(undefined, { attributes: { a: 'b' } });
    put(other);
    // What comes back is what `build` makes: without the attribute.
    await assert.rejects(writer.changePushAudience(change), { code: 'write-not-kept' });
  });

  it('undoes only what it left', async () => {
    const { writer, sent, put, build } = setUp();
    put(build(clientId));
    const { audience: _, ...bare } = change;
    const undo = { ...bare, undoes: 'c', pushConfig: { pushEndpoint: 'https://other.example/' } };
    await assert.rejects(writer.changePushAudience(undo), { code: 'undo-changed-since' });
    assert.deepEqual(sent, []);
  });

  it('a refusal names the permissions', async () => {
    const { writer, faults } = setUp();
    faults.push({ status: 403, isDone: false });
    await assert.rejects(writer.changePushAudience(change), {
      code: 'write-denied',
      hint: /pubsub\.subscriptions\.update/,
    });
  });
});
