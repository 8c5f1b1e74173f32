import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { keepUnjudged } from '../../../../functions/core/apply/keep-unjudged.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { Inventory } from '../../../../functions/core/inventory.ts';
import type { OpenFinding } from '../../../../functions/core/ledger.ts';
import { agent, backend, grant, inventory, neg, policy, service } from '../../../support/estate.ts';

const shop = service();
const look = (estate: Inventory) => evaluate(estate, { settings: parseSettings(undefined), refusedAgents: [] });
const openOf = (estate: Inventory): readonly OpenFinding[] =>
  look(estate).findings.map((finding) => ({ finding, openedAt: 1 }));
const granted = [[shop, policy(grant(agent))]] as const;
const nobodyAdmitted = { iapPolicies: new Map([[backend([]).name, [policy()]]]) };
const gap = (resource: string) => ({ resource, code: 'region-unreachable', message: 'closed' });

describe('keepUnjudged', () => {
  it('keeps what only sweeps look at while events are handled', () => {
    const open = openOf(inventory({ policies: granted, more: nobodyAdmitted }));
    assert.deepEqual(
      open.map(({ finding }) => finding.rule),
      ['iap-admits-nobody'],
    );
    const kept = keepUnjudged(open, look(inventory({ policies: granted })));
    assert.deepEqual(
      kept,
      open.map(({ finding }) => finding),
    );
  });

  it('keeps nothing that was judged: neither what is mended nor what is there anyway', () => {
    const open = openOf(inventory({ more: nobodyAdmitted }));
    assert.equal(open.length, 2);
    const admitted = {
      iapPolicies: new Map([
        [backend([]).name, [policy({ role: 'roles/iap.httpsResourceAccessor', members: ['user:a@b.c'] })]],
      ]),
    };
    assert.deepEqual(keepUnjudged(open, look(inventory({ policies: granted, more: admitted }))), []);
    assert.deepEqual(keepUnjudged(open, look(inventory({ more: nobodyAdmitted }))), []);
  });

  it('keeps what a region hides that could not be looked into, and nothing beside it', () => {
    const other = service('us-central1');
    const open = openOf(inventory({ services: [shop, other] }));
    const region = '//run.googleapis.com/projects/acme-prod/locations/europe-west1';
    const hidden = inventory({ services: [], negs: [neg(shop), neg(other)], more: { unreadable: [gap(region)] } });
    assert.deepEqual(
      keepUnjudged(open, look(hidden)).map(({ resource }) => resource),
      [shop.name],
    );
  });
});
