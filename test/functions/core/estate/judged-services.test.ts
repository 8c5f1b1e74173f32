import assert from 'node:assert/strict';
import { resolveAccessPaths } from '../../../../functions/core/estate/access-paths.ts';
import { listJudgedServices } from '../../../../functions/core/estate/judged-services.ts';
import { backend, inventory, neg, service } from '../../../support/estate.ts';

const shop = service();
const other = service('us-central1');
const judge = (estate: ReturnType<typeof inventory>) =>
  listJudgedServices(estate, resolveAccessPaths(estate, 'observe').paths).map((one) => [one.service.name, one.via]);

describe('the services that rules look at', () => {
  it('are those on an access path, each once, with their ways sorted', () => {
    const first = backend([neg(shop)], { name: backend([]).name.replace('shop', 'a') });
    const both = { ...shop, iapEnabled: true };
    assert.deepEqual(judge(inventory({ services: [both], backends: [backend([neg(shop)]), first] })), [
      [shop.name, [`${first.name} > ${neg(shop).name}`, `${backend([]).name} > ${neg(shop).name}`, 'direct']],
    ]);
  });

  it('are none of those that no IAP leads to', () => {
    assert.deepEqual(judge(inventory({ backends: [backend([neg(shop)], { iapEnabled: false })] })), []);
  });

  it('are those, too, that were on a path in the last 30 days and still exist', () => {
    const more = { recentlyOnPath: new Set([other.name, shop.name, 'gone']) };
    const estate = inventory({ services: [shop, other], backends: [backend([neg(shop)])], more });
    assert.deepEqual(judge(estate), [
      [shop.name, [`${backend([]).name} > ${neg(shop).name}`]],
      [other.name, []],
    ]);
  });
});
