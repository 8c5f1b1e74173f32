import assert from 'node:assert/strict';
import { parseModulePath } from '../../../../functions/core/terraform-plan/module-path.ts';
import { listTraversals, type Traversal } from '../../../../functions/core/terraform-plan/traversal.ts';

const shown = (traversal: Traversal) =>
  traversal
    .map((segment) => {
      if (segment.kind === 'attribute') return `.${segment.name}`;
      return segment.kind === 'key' ? `[${JSON.stringify(segment.key)}]` : `[${segment.kind}]`;
    })
    .join('')
    .slice(1);

describe('listTraversals', () => {
  const cases: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['google_x.y.id', ['google_x.y.id']],
    ['google_x.y["a.b"].id', ['google_x.y["a.b"].id']],
    ['google_x.y[0].id', ['google_x.y[0].id']],
    ['google_x.y[each.key].id', ['google_x.y[each].id', 'each.key']],
    ['google_x.y[count.index]', ['google_x.y[each]', 'count.index']],
    ['google_x.y[var.region].id', ['google_x.y[any].id', 'var.region']],
    ['module.m[*].neg', ['module.m[any].neg']],
    ['module.m.*.neg', ['module.m[any].neg']],
    [`"serviceAccount:\${a.b.email}"`, ['a.b.email']],
    [`"$\${not.this}"`, []],
    [`"\${"\${a.b}"}-\${c.d}"`, ['a.b', 'c.d']],
    ['lookup(backend.value, "group", null)', ['backend.value']],
    ['provider::google::project_from_id(a.b)', ['a.b']],
    ['var.on ? [a.b] : []', ['var.on', 'a.b']],
    ['1.5 # a.b\n', []],
    ['"x.y"', []],
  ];
  for (const [text, found] of cases) {
    it(`finds ${found.join(' and ') || 'nothing'} in ${text.trim()}`, () => {
      assert.deepEqual(listTraversals(text).map(shown), found);
    });
  }
});

describe('parseModulePath', () => {
  it('reads every step to a module instance, and stops at the resource', () => {
    assert.deepEqual(parseModulePath('module.a["x.y"].module.b[0].module.c.data.google_project.this["k"]'), [
      { name: 'a', key: 'x.y' },
      { name: 'b', key: 0 },
      { name: 'c' },
    ]);
    assert.deepEqual(parseModulePath('google_project.module'), []);
  });
});
