import assert from 'node:assert/strict';
import { encode } from '../../../../functions/adapters/ledger/firestore-documents.ts';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { agent, grant, inventory, policy, service } from '../../../support/estate.ts';
import { buildMemoryWorld } from '../../../support/memory-world.ts';

/** Whoever may change one service's policy can bring about thousands of findings in one run. */
describe('what people are told of thousands of findings', () => {
  it('fits into a document of Firestore, and says how many there are', async () => {
    const people = Array.from({ length: 1500 }, (_, at) => `user:${'x'.repeat(50)}${at}@acme.example`);
    const shops = ['europe-west1', 'us-central1', 'asia-east1'].map((region) => service(region));
    const policies = shops.map((one) => [one, policy(grant(agent, ...people))] as const);
    const ledger = await openSqliteLedger(':memory:');
    const settings = {
      slack: { channel: 'C1' },
      capabilities: ['grant-invoker', 'revoke-invoker'],
      limits: { changesPerRun: 1 },
    };
    const world = buildMemoryWorld(inventory({ services: shops, policies }), { ledger, settings });
    try {
      await reconcile({ project: 'acme-prod', reason: 'sweep', runId: 'run-1' }, world, {
        modes: ['enforce', 'approve'],
      });
      await reconcile({ project: 'acme-prod', reason: 'sweep', runId: 'run-2' }, world);
      const notices = await ledger.claimNotices('test', 100, Number.MAX_SAFE_INTEGER, 1);
      const digest = notices.find(({ content }) => content.kind === 'digest');
      assert.match(JSON.stringify(digest?.content), /4500 findings in acme-prod/);
      assert.match(JSON.stringify(digest?.content), /and \d+ more/);
      for (const notice of notices) encode('notice', { notice }, 400);
    } finally {
      await ledger.close();
    }
  });
});
