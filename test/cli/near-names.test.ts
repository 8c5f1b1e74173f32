import assert from 'node:assert/strict';
import { listNearNames } from '../../cli/near-names.ts';

describe('names that are like the asked one', () => {
  it('come with the nearest first', () => {
    assert.deepEqual(listNearNames('shpo', ['api', 'shop', 'shops', 'administration']), ['shop', 'shops', 'api']);
  });

  it('are all there are, where none is near', () => {
    assert.deepEqual(listNearNames('zzzzzzzz', ['api', 'shop']), ['api', 'shop']);
  });
});
