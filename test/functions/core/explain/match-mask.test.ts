import assert from 'node:assert/strict';
import { matchMask } from '../../../../functions/core/explain/match-mask.ts';

describe('a URL mask', () => {
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['/<service>', 'a.example.com', '/shop', 'shop'],
    ['/<service>', 'a.example.com', '/shop/cart', 'shop'],
    ['/<service>', 'a.example.com', '/', undefined],
    ['/v1/<service>', 'a.example.com', '/v1/shop/x', 'shop'],
    ['/v1/<service>', 'a.example.com', '/v2/shop', undefined],
    ['<service>.example.com', 'shop.example.com', '/x', 'shop'],
    ['<service>.example.com', 'a.shop.example.com', '/x', undefined],
    ['<tag>.example.com/<service>', 'beta.example.com', '/shop', 'shop'],
    ['example.com/<service>', 'other.com', '/shop', undefined],
    ['<service>-<tag>.example.com', 'shop-beta.example.com', '/', 'shop'],
    ['<service>.<service>.com', 'a.b.com', '/', undefined],
    ['example.com/(.*)<service>', 'example.com', '/shop', undefined],
  ];
  for (const [mask, host, path, expected] of cases) {
    it(`${mask} finds ${expected ?? 'nothing'} in ${host}${path}`, () =>
      assert.equal(matchMask(mask, host, path), expected));
  }
});
