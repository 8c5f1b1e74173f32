import assert from 'node:assert/strict';
import { createIngressWriter } from '../../../functions/adapters/ingress-writer.ts';
import type { IngressChange } from '../../../functions/core/change/change.ts';
import { ingressWords } from '../../../functions/core/change/ingress-patch.ts';
import type { Ingress, Policy } from '../../../functions/core/inventory.ts';
import { AppError } from '../../../functions/errors.ts';
import { agent, grant, policy, service } from '../../support/estate.ts';

const change: IngressChange = {
  capability: 'restrict-ingress',
  kind: 'ingress',
  resource: service().name,
  ingress: 'internal-and-cloud-load-balancing',
  requires: [agent],
};

/** One service in memory that is read and updated as Google does it, with errors that tests put in the way. */
function setUp(ingress: Ingress = 'all', own: Policy = policy(grant(agent)), capabilities = ['restrict-ingress']) {
  let state = { etag: 'e1', generation: '1', ingress };
  let template = 'image-1';
  const patches: unknown[] = [];
  const faults: { error: unknown; isDone?: boolean }[] = [];
  const set = (next: Ingress) => {
    const count = Number(state.generation) + 1;
    state = { etag: `e${count}`, generation: String(count), ingress: next };
  };
  const writer = createIngressWriter({
    services: {
      get: async () => ({ raw: { ingress: ingressWords[state.ingress], template }, state: { ...state } }),
      async patch(_, patch) {
        patches.push(patch);
        const fault = faults.shift();
        if (fault?.isDone) set(change.ingress);
        if (fault) throw fault.error;
        if (patch.body['etag'] !== state.etag) throw google(409, 'ABORTED');
        set('internal-and-cloud-load-balancing');
      },
    },
    policies: { get: async () => own },
    timing: { sleep: async () => undefined, random: () => 0.5, now: () => 0 },
    capabilities,
  });
  return {
    writer,
    patches,
    faults,
    state: () => state,
    /** Somebody else updates the service. */
    update(next: Ingress = state.ingress) {
      set(next);
    },
    deploy() {
      template = 'image-2';
    },
  };
}

function google(status: number, state: string): Error {
  return Object.assign(new Error('words'), { response: { status, data: { error: { code: status, status: state } } } });
}

describe('ingress writer', () => {
  it('updates the ingress alone, on the version that was read, and gives both states back', async () => {
    const { writer, patches } = setUp();
    const { changed, before, after } = await writer.changeIngress(change);
    assert.deepEqual(patches, [
      { updateMask: 'ingress', body: { ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', etag: 'e1' } },
    ]);
    assert.deepEqual([changed, before.ingress, before.generation], [true, 'all', '1']);
    assert.deepEqual([after.ingress, after.generation], ['internal-and-cloud-load-balancing', '2']);
  });

  it('sends nothing where the ingress is set already', async () => {
    const { writer, patches } = setUp('internal-and-cloud-load-balancing');
    assert.equal((await writer.changeIngress(change)).changed, false);
    assert.deepEqual(patches, []);
  });

  it('starts again from a fresh read when somebody else was quicker', async () => {
    const { writer, patches, faults, update } = setUp();
    faults.push({ error: google(409, 'ABORTED') });
    const first = writer.changeIngress(change);
    update();
    assert.equal((await first).changed, true);
    assert.equal(patches.length, 2);
  });

  it('says that it changed the service when an update took effect although its answer was lost', async () => {
    const { writer, faults, patches } = setUp();
    faults.push({ error: Object.assign(new Error('gone'), { code: 'ECONNRESET' }), isDone: true });
    const { changed, before, after } = await writer.changeIngress(change);
    assert.deepEqual([changed, before.ingress, after.ingress, patches.length], [true, 'all', change.ingress, 1]);
  });

  it('sends nothing before IAP’s identity may invoke the service', async () => {
    for (const own of [policy(), policy(grant('allUsers'))]) {
      const { writer, patches } = setUp('all', own);
      await assert.rejects(writer.changeIngress(change), { code: 'grant-before-revoke' });
      assert.deepEqual(patches, []);
    }
  });

  it('sees when something else of the service changed with it', async () => {
    const { writer, deploy } = setUp();
    const answer = writer.changeIngress(change);
    deploy();
    await assert.rejects(answer, { code: 'write-not-kept' });
  });

  it('takes an undo back only while the service has the generation that was looked at', async () => {
    const undo: IngressChange = { ...change, ingress: 'all', undoes: 'c1', generation: '1' };
    const { writer, patches, update } = setUp('internal-and-cloud-load-balancing');
    update();
    await assert.rejects(writer.changeIngress(undo), { code: 'undo-changed-since' });
    assert.deepEqual(patches, []);
  });

  for (const [title, error, code] of [
    ['403', google(403, 'PERMISSION_DENIED'), 'write-denied'],
    ['an organisation policy', google(400, 'FAILED_PRECONDITION'), 'write-denied'],
    ['404', google(404, 'NOT_FOUND'), 'write-failed'],
  ] as const) {
    it(`calls ${title} ${code}, at once and without the client's payload`, async () => {
      const { writer, faults, patches } = setUp();
      faults.push({ error });
      await assert.rejects(
        writer.changeIngress(change),
        (thrown: unknown) =>
          thrown instanceof AppError && thrown.code === code && !('response' in Object(thrown.cause)),
      );
      assert.equal(patches.length, 1);
    });
  }

  it('gives up after bounded tries', async () => {
    const { writer, faults, patches } = setUp();
    for (let n = 0; n < 99; n += 1) faults.push({ error: google(409, 'ABORTED') });
    await assert.rejects(writer.changeIngress(change), { code: 'write-failed' });
    assert.equal(patches.length, 12);
  });

  it('refuses, before anything is sent, while the capability is off', async () => {
    const { writer, patches } = setUp('all', policy(grant(agent)), ['grant-invoker']);
    await assert.rejects(writer.changeIngress(change), { code: 'write-refused' });
    await assert.rejects(writer.previewIngress(change), { code: 'write-refused' });
    assert.deepEqual(patches, []);
  });

  it('says in a dry run what would change, and sends nothing', async () => {
    const { writer, patches, state } = setUp();
    const { changed, before, after } = await writer.previewIngress(change);
    assert.deepEqual([changed, before.ingress, after.ingress], [true, 'all', change.ingress]);
    assert.deepEqual([patches, state().ingress], [[], 'all']);
  });
});
