import assert from 'node:assert/strict';
import { isInScope } from '../../../../functions/core/settings/scope.ts';

describe('scope', () => {
  const cases: [string, { include?: string[]; exclude?: string[] }, string | undefined, boolean][] = [
    ['ops', {}, 'ops', true],
    ['shop', {}, 'ops', false],
    ['shop', {}, undefined, false],
    ['shop', { include: ['shop'] }, 'ops', true],
    ['ops', { include: ['shop'] }, 'ops', false],
    ['shop-prod', { include: ['shop-*'] }, 'ops', true],
    ['my-shop-prod', { include: ['shop-*'] }, 'ops', false],
    ['shop-prod-eu', { include: ['*-prod*'] }, 'ops', true],
    ['anything', { include: ['*'] }, undefined, true],
    ['shop-prod', { include: ['*'], exclude: ['*-prod'] }, undefined, false],
    ['ops', { exclude: ['ops'] }, 'ops', false],
    ['example.com:shop', { include: ['example.com:*'] }, undefined, true],
    ['exampleXcom:shop', { include: ['example.com:*'] }, undefined, false],
    ['shop', { include: ['s.op', '(shop|x)', 'sh?op'] }, undefined, false],
    ['123456789012', { include: ['123456789012'] }, undefined, true],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', { include: [`${'*a'.repeat(3)}**b`] }, undefined, false],
  ];
  for (const [project, scope, own, expected] of cases) {
    it(`${project} is ${expected ? 'in' : 'out of'} ${JSON.stringify(scope)}${own ? ` of ${own}` : ''}`, () => {
      assert.equal(isInScope(project, { include: [], exclude: [], ...scope }, own), expected);
    });
  }
});
