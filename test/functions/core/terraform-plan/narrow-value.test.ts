import assert from 'node:assert/strict';
import fc from 'fast-check';
import { narrowValue } from '../../../../functions/core/terraform-plan/narrow-value.ts';
import type { Segment } from '../../../../functions/core/terraform-plan/traversal.ts';

const attribute = (name: string): Segment => ({ kind: 'attribute', name });
const any: Segment = { kind: 'any' };
const texts = (text: string, rest: readonly Segment[], self?: string) =>
  narrowValue(text, rest, self).map((one) => one.text);

describe('narrowValue', () => {
  it('steps into objects and lists that are written out', () => {
    const text =
      '{\n  # first\n  api = { groups = [{ group = a.id }, { group = b.id }] }\n  "web" : { groups = [] },\n}';
    assert.deepEqual(texts(text, [attribute('api'), attribute('groups'), any, attribute('group')]), ['a.id', 'b.id']);
    assert.deepEqual(texts(text, [{ kind: 'each' }, attribute('groups'), { kind: 'key', key: 1 }], 'api'), [
      '{ group = b.id }',
    ]);
    assert.deepEqual(texts(text, [attribute('web'), attribute('groups'), any]), []);
    assert.deepEqual(texts('toset([a.id, b.id])', [any]), ['a.id', 'b.id']);
  });

  it('leaves the steps to do where the text is anything else', () => {
    for (const text of ['merge(a.b, { c = d.e })', '{ for k, v in x.y : k => v }', 'a.b', '[for x in a.b : x]']) {
      assert.deepEqual(narrowValue(text, [attribute('c')], undefined), [{ text, rest: [attribute('c')] }]);
    }
  });

  it('keeps entries whose key is computed: any of them may be meant', () => {
    assert.deepEqual(texts('{ (var.name) = a.id, b = b.id }', [attribute('c')]), ['a.id']);
  });

  it('comes to an end with any text', () => {
    fc.assert(fc.property(fc.string(), (text) => narrowValue(text, [any, attribute('a')], 'x').length >= 0));
  });
});
