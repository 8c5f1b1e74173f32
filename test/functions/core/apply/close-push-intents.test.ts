import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { closeOpenIntents } from '../../../../functions/core/apply/close-intents.ts';
import type { ChangeRequest } from '../../../../functions/core/change/change.ts';
import { clientId, service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';
import { pushEstate, subscriptionName, withToken } from '../../rules/push-rules-estate.ts';

const shared = 'https://shop.acme.example';
const pushChange: ChangeRequest = {
  capability: 'set-push-audience',
  kind: 'push-audience',
  resource: subscriptionName,
  audience: clientId,
};
const audienceChange: ChangeRequest = {
  capability: 'add-custom-audience',
  kind: 'custom-audience',
  resource: service().name,
  audience: shared,
  subscription: subscriptionName,
};

describe('intents about pushes without a result', () => {
  for (const [title, change, arrive] of [
    [
      'a push audience',
      pushChange,
      async (world: MemoryWorld) => {
        const state = await world.reader.readPushState(subscriptionName);
        world.pushes.set(subscriptionName, { ...state, audience: clientId });
      },
    ],
    [
      'a custom audience',
      audienceChange,
      async (world: MemoryWorld) => {
        const state = await world.reader.readServiceState(service().name);
        world.services.set(service().name, { ...state, generation: '2', customAudiences: [shared] });
      },
    ],
  ] as const) {
    for (const [isThere, outcome] of [
      [true, 'applied'],
      [false, 'failed'],
    ] as const) {
      it(`${title}: ${outcome}, where it is ${isThere ? '' : 'not '}in effect`, async () => {
        const ledger = await openSqliteLedger(':memory:');
        const world = buildMemoryWorld(pushEstate(withToken('wrong')), { ledger });
        try {
          await ledger.recordIntent({
            id: 'cut',
            project: 'acme-prod',
            runId: 'dead',
            findingIds: [],
            change,
            at: world.time,
          });
          if (isThere) await arrive(world);
          await closeOpenIntents('acme-prod', world);
          assert.equal((await ledger.findChange('cut'))?.result?.outcome, outcome);
        } finally {
          await ledger.close();
        }
      });
    }
  }
});
