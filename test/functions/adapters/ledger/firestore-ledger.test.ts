import assert from 'node:assert/strict';
import { openFirestoreLedger } from '../../../../functions/adapters/ledger/firestore-ledger.ts';
import { openLedger } from '../../../../functions/adapters/ledger/open-ledger.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../support/firestore-emulator.ts';
import { describeLedger } from './ledger-contract.ts';
import { describeRaces } from './race-contract.ts';

describe('Firestore ledger', function () {
  this.timeout(120_000);
  let emulator: FirestoreEmulator | undefined;
  let count = 0;
  before(async function () {
    emulator = await startFirestoreEmulator();
    if (!emulator) this.skip();
  });
  after(() => emulator?.stop());

  /** A project of its own is an empty database. */
  const newEnv = () => {
    count += 1;
    return { FIRESTORE_EMULATOR_HOST: emulator?.host, GOOGLE_CLOUD_PROJECT: `demo-${count}` };
  };
  const open = (now: () => number, env = newEnv()): Promise<Ledger> => openFirestoreLedger('(default)', { now, env });

  describeLedger('Firestore', open);
  it('keeps what has odd ids apart, and takes policies of any form', async () => {
    const ledger = await open(() => 1);
    for (const id of ['.', '..', '__x__', 'a/b', 'a%2Fb', 'ü'.repeat(1000)]) {
      assert.equal(await ledger.acquireLease(id, 'a', 1000), true, id);
      assert.equal(await ledger.acquireLease(id, 'b', 1000), false, id);
    }
    const change = { capability: 'grant-invoker', kind: 'add', resource: 'r', role: 'o', members: ['m'] } as const;
    await ledger.recordIntent({ id: 'i', project: 'shop', runId: 'r', findingIds: [], change, at: 0 });
    const before = { odd: [[1, [2]], { __x__: null }] };
    await ledger.recordResult('i', { outcome: 'applied', at: 1, before });
    assert.deepEqual((await ledger.findChange('i'))?.result?.before, before);
    await ledger.close();
  });

  it('says what was too large, and keeps what it had', async () => {
    const ledger = await open(() => 1);
    const change = { capability: 'grant-invoker', kind: 'add', resource: 'r', role: 'o', members: ['m'] } as const;
    await ledger.recordIntent({ id: 'i', project: 'shop', runId: 'r', findingIds: [], change, at: 0 });
    const before = { members: 'm'.repeat(1_100_000) };
    await assert.rejects(() => ledger.recordResult('i', { outcome: 'applied', at: 1, before }), {
      code: 'ledger-failed',
      message: /larger than a Firestore document may be/,
    });
    assert.equal((await ledger.openIntents('shop')).length, 1);
    await ledger.close();
  });

  it('gives clients nothing: neither a read nor a write without our account gets past the rules', async () => {
    const env = newEnv();
    const ledger = await openFirestoreLedger('(default)', { env });
    await ledger.acquireLease('shop', 'a', 1000);
    await ledger.close();
    const root = `http://${env.FIRESTORE_EMULATOR_HOST}/v1/projects/${env.GOOGLE_CLOUD_PROJECT}/databases/(default)/documents`;
    const url = `${root}/sallyport-lease/shop`;
    // The same request with the emulator's name for an administrator shows that the document is there.
    const asOwner = await fetch(url, { headers: { authorization: 'Bearer owner' } });
    assert.equal(asOwner.status, 200);
    for (const [method, at] of [
      ['GET', url],
      ['GET', `${root}/sallyport-lease`],
      ['DELETE', url],
      ['PATCH', `${root}/sallyport-lease/bank`],
    ] as const) {
      const body = method === 'PATCH' ? { body: JSON.stringify({ fields: {} }) } : {};
      const answer = await fetch(at, { method, headers: { 'content-type': 'application/json' }, ...body });
      assert.equal(answer.status, 403, `${method} ${at}`);
    }
  });

  describeRaces(() => ({ spec: 'firestore', env: newEnv() }));
});

describe('Firestore ledger in a sandbox run', () => {
  const open = (FIRESTORE_EMULATOR_HOST: string | undefined) => {
    const env = { SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1', GOOGLE_CLOUD_PROJECT: 'demo', FIRESTORE_EMULATOR_HOST };
    return openLedger('firestore', { env });
  };

  it('is opened in an emulator on this machine', async () => {
    await (await open('127.0.0.1:1')).close();
    await (await open('[::1]:1')).close();
  });

  it('is refused anywhere else, and without an emulator', async () => {
    for (const host of [
      undefined,
      '',
      'firestore.googleapis.com',
      '10.0.0.1:8080',
      '127.0.0.1@evil.example:1',
      'localhost.evil:1',
    ]) {
      await assert.rejects(() => open(host), { code: 'sandbox-not-loopback' }, String(host));
    }
  });
});
