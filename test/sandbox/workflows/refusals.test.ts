import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileWorkflow } from '../../../sandbox/workflows/source/compile-workflow.ts';
import { SourceRefused } from '../../../sandbox/workflows/source/problems.ts';
import { quoteExpressions } from './running-workflows.ts';

interface Refusal {
  readonly title: string;
  readonly source: string;
  readonly rule: string;
  readonly line: number;
  /** What the message names. */
  readonly names: RegExp;
}

const repeat = (count: number, item: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => item(n)).join('\n');

const refusals: readonly Refusal[] = [
  { title: 'YAML that cannot be read', source: '- a:\n    assign: [', rule: 'yaml', line: 2, names: /main\.yaml:2/ },
  {
    title: 'a key twice in a map',
    source: '- a:\n    return: 1\n    return: 2',
    rule: 'yaml',
    line: 3,
    names: /unique/,
  },
  { title: 'an anchor', source: '- a: &x { return: 1 }\n- b: *x', rule: 'alias', line: 2, names: /aliases/ },
  { title: 'a file without main', source: 'sub:\n  steps: []', rule: 'no-main', line: 1, names: /'main'/ },
  { title: 'no steps', source: 'main:\n  steps: []', rule: 'empty', line: 2, names: /workflow 'main'/ },
  {
    title: 'a step with two keys',
    source: '- a: { return: 1 }\n  b: { return: 2 }',
    rule: 'step',
    line: 1,
    names: /'a', 'b'/,
  },
  {
    title: 'an unknown kind of step',
    source: '- a:\n    fetch: x',
    rule: 'unknown-step-kind',
    line: 2,
    names: /step 'a': unexpected entry 'fetch'/,
  },
  {
    title: 'two kinds in one step',
    source: '- a:\n    assign: [{ x: 1 }]\n    return: 1',
    rule: 'step',
    line: 3,
    names: /'return'/,
  },
  {
    title: 'args without call',
    source: '- a:\n    assign: [{ x: 1 }]\n    args: {}',
    rule: 'step',
    line: 3,
    names: /'args'/,
  },
  {
    title: 'next in try',
    source:
      '- a:\n    try:\n      call: sys.sleep\n      args: { seconds: 1 }\n      next: b\n    except: { steps: [{ c: { return: 1 } }] }\n- b: { return: 1 }',
    rule: 'step',
    line: 5,
    names: /unexpected entry 'next'/,
  },
  {
    title: 'an unknown function in a call',
    source: '- a:\n    call: http.fetch',
    rule: 'unknown-function',
    line: 1,
    names: /'http\.fetch'/,
  },
  {
    title: 'a connector',
    source: '- a:\n    call: googleapis.run.v2.projects.locations.services.list',
    rule: 'unknown-function',
    line: 1,
    names: /googleapis\.run\.v2/,
  },
  {
    title: 'an unknown function in an expression',
    source: '- a: { return: <<texts.upper("x")>> }',
    rule: 'unknown-function',
    line: 1,
    names: /'texts\.upper'/,
  },
  {
    title: 'type, which is get_type',
    source: '- a: { return: <<type(1)>> }',
    rule: 'unknown-function',
    line: 1,
    names: /get_type/,
  },
  {
    title: 'a function that waits in an expression',
    source: '- a:\n    assign:\n      - x: <<http.get("http://127.0.0.1")>>',
    rule: 'blocking-call-in-expression',
    line: 3,
    names: /http\.get waits/,
  },
  {
    title: 'a call without its url',
    source: '- a: { call: http.get, args: { query: {} } }',
    rule: 'argument',
    line: 1,
    names: /wants argument 'url'/,
  },
  {
    title: 'an argument nobody knows',
    source: '- a: { call: http.get, args: { url: "http://127.0.0.1", header: {} } }',
    rule: 'argument',
    line: 1,
    names: /'header'/,
  },
  {
    title: 'map.get with a default',
    source: '- a: { return: <<map.get(x, "a", 1)>> }',
    rule: 'argument',
    line: 1,
    names: /map\.get takes 2, not 3: map, keys/,
  },
  {
    title: 'a subworkflow with too few arguments',
    source: 'main:\n  steps:\n    - a: { return: <<sub()>> }\nsub:\n  params: [x]\n  steps:\n    - b: { return: 1 }',
    rule: 'argument',
    line: 3,
    names: /sub takes 1/,
  },
  {
    title: 'an expression that cannot be read',
    source: '- a: { return: <<1 +>> }',
    rule: 'expression',
    line: 1,
    names: /stops too early/,
  },
  {
    title: 'a map written in an expression',
    source: '- a: { return: <<list.concat([], {"a": 1})>> }',
    rule: 'expression',
    line: 1,
    names: /assign it to a variable/,
  },
  {
    title: 'an expression inside a text',
    source: '- a: { return: "hello \x24{name}" }',
    rule: 'expression-in-text',
    line: 1,
    names: /hello \$\{name\}/,
  },
  {
    title: 'an expression of 401 characters',
    source: `- a: { return: <<${'1 + '.repeat(100)}1>> }`,
    rule: 'expression-length',
    line: 1,
    names: /401 characters, 400/,
  },
  {
    title: '51 assignments',
    source: `- a:\n    assign:\n${repeat(51, (n) => `      - x${n}: 1`)}`,
    rule: 'too-many-assignments',
    line: 3,
    names: /51 assignments, 50/,
  },
  {
    title: '51 conditions',
    source: `- a:\n    switch:\n${repeat(51, () => '      - { condition: true, next: end }')}`,
    rule: 'too-many-conditions',
    line: 3,
    names: /51 conditions, 50/,
  },
  {
    title: '11 branches',
    source: `- a:\n    parallel:\n      branches:\n${repeat(11, (n) => `        - b${n}: { steps: [{ s${n}: { call: sys.log } }] }`)}`,
    rule: 'too-many-branches',
    line: 4,
    names: /11 branches, 10/,
  },
  {
    title: '11 parameters',
    source: `main:\n  steps: [{ a: { return: 1 } }]\nsub:\n  params: [${Array.from({ length: 11 }, (_, n) => `p${n}`)}]\n  steps: [{ b: { return: 1 } }]`,
    rule: 'too-many-parameters',
    line: 4,
    names: /workflow 'sub': 11/,
  },
  {
    title: 'two parameters of main',
    source: 'main:\n  params: [a, b]\n  steps: [{ s: { return: 1 } }]',
    rule: 'too-many-parameters',
    line: 2,
    names: /1 allowed/,
  },
  {
    title: 'a source of more than 128 KB',
    source: `- a: { return: 1 }\n#${'x'.repeat(128 * 1024)}`,
    rule: 'source-size',
    line: 1,
    names: /131072 are allowed/,
  },
  {
    title: 'a step name twice',
    source: '- a: { assign: [{ x: 1 }] }\n- b:\n    steps:\n      - a: { return: 1 }',
    rule: 'duplicate-step',
    line: 4,
    names: /step 'a' is there already, in line 1/,
  },
  {
    title: 'next to nowhere',
    source: '- a:\n    assign: [{ x: 1 }]\n    next: nowhere',
    rule: 'jump',
    line: 1,
    names: /'nowhere'/,
  },
  {
    title: 'next into nested steps',
    source: '- a: { assign: [{ x: 1 }], next: inner }\n- b: { steps: [{ inner: { return: 1 } }] }',
    rule: 'jump',
    line: 1,
    names: /'inner'/,
  },
  {
    title: 'next out of a loop',
    source:
      '- a:\n    for:\n      value: v\n      in: [1]\n      steps:\n        - s: { assign: [{ x: 1 }], next: b }\n- b: { return: 1 }',
    rule: 'jump',
    line: 6,
    names: /'b'/,
  },
  {
    title: 'break outside of a loop',
    source: '- a: { assign: [{ x: 1 }], next: break }',
    rule: 'jump',
    line: 1,
    names: /'break' outside/,
  },
  {
    title: 'break out of a parallel loop',
    source:
      '- a:\n    parallel:\n      for:\n        value: v\n        in: [1]\n        steps: [{ s: { next: break } }]',
    rule: 'jump',
    line: 6,
    names: /parallel loop/,
  },
  {
    title: 'return out of a branch',
    source: '- a:\n    parallel:\n      for:\n        value: v\n        in: [1]\n        steps: [{ s: { return: 1 } }]',
    rule: 'parallel-return',
    line: 6,
    names: /'return'/,
  },
  {
    title: 'an unshared variable of the parent',
    source:
      '- i:\n    assign:\n      - total: 0\n- p:\n    parallel:\n      for:\n        value: v\n        in: [1]\n        steps:\n          - s:\n              assign:\n                - total: <<total + v>>',
    rule: 'unshared-variable',
    line: 12,
    names: /variable 'total'/,
  },
  {
    title: 'a part of an unshared variable',
    source:
      '- i: { assign: [{ m: {} }] }\n- p: { parallel: { for: { value: v, in: [1], steps: [{ s: { assign: [{ m.k: 1 }] } }] } } }',
    rule: 'unshared-variable',
    line: 2,
    names: /variable 'm'/,
  },
  {
    title: 'a result into an unshared variable',
    source:
      '- i: { assign: [{ r: 0 }] }\n- p: { parallel: { for: { value: v, in: [1], steps: [{ s: { call: http.get, args: { url: "http://127.0.0.1" }, result: r } }] } } }',
    rule: 'unshared-variable',
    line: 2,
    names: /'r'/,
  },
  {
    title: 'an inner parallel step that shares what the outer does not',
    source:
      '- i: { assign: [{ m: 1 }] }\n- p:\n    parallel:\n      for:\n        value: v\n        in: [1]\n        steps:\n          - q: { parallel: { shared: [m], for: { value: w, in: [1], steps: [{ s: { assign: [{ m: 2 }] } }] } } }',
    rule: 'unshared-variable',
    line: 8,
    names: /'m'/,
  },
  {
    title: 'shared that does not exist',
    source:
      '- p:\n    parallel:\n      shared: [ghost]\n      for: { value: v, in: [1], steps: [{ s: { assign: [{ x: 1 }] } }] }',
    rule: 'shared-variable',
    line: 1,
    names: /'ghost'/,
  },
  {
    title: 'parallel steps three deep',
    source:
      '- p1: { parallel: { for: { value: a, in: [1], steps: [{ p2: { parallel: { for: { value: b, in: [1], steps: [{ p3: { parallel: { for: { value: c, in: [1], steps: [{ s: { assign: [{ x: 1 }] } }] } } } }] } } } }] } } }',
    rule: 'nesting',
    line: 1,
    names: /3 deep, 2/,
  },
  {
    title: 'a concurrency limit of 0',
    source:
      '- p:\n    parallel:\n      concurrency_limit: 0\n      for: { value: v, in: [1], steps: [{ s: { assign: [{ x: 1 }] } }] }',
    rule: 'value',
    line: 3,
    names: /concurrency_limit/,
  },
  {
    title: 'a policy that does not exist',
    source:
      '- p:\n    parallel:\n      exception_policy: failFast\n      for: { value: v, in: [1], steps: [{ s: { assign: [{ x: 1 }] } }] }',
    rule: 'value',
    line: 3,
    names: /continueAll/,
  },
  {
    title: 'branches and for',
    source:
      '- p:\n    parallel:\n      branches: [{ a: { steps: [{ s: { call: sys.log } }] } }, { b: { steps: [{ t: { call: sys.log } }] } }]\n      for: { value: v, in: [1], steps: [{ u: { assign: [{ x: 1 }] } }] }',
    rule: 'step',
    line: 3,
    names: /either 'branches' or 'for'/,
  },
  {
    title: 'a loop over nothing',
    source: '- a:\n    for: { value: v, steps: [{ s: { assign: [{ x: 1 }] } }] }',
    rule: 'step',
    line: 2,
    names: /either 'in' or 'range'/,
  },
  {
    title: 'try alone',
    source: '- a:\n    try: { call: sys.log }',
    rule: 'step',
    line: 2,
    names: /'retry' or 'except'/,
  },
  {
    title: 'an unknown retry policy',
    source: '- a:\n    try: { call: sys.log }\n    retry: <<http.never>>',
    rule: 'retry',
    line: 3,
    names: /http\.default_retry/,
  },
  {
    title: 'an unknown predicate',
    source: '- a:\n    try: { call: sys.log }\n    retry: { predicate: <<mine>>, max_retries: 1 }',
    rule: 'unknown-function',
    line: 1,
    names: /'mine'/,
  },
  {
    title: 'what only the schema knows',
    source: '- a:\n    call: http.get\n    args:\n      url: http://127.0.0.1\n      auth: { type: Basic }',
    rule: 'schema',
    line: 5,
    names: /auth/,
  },
];

describe('A workflow that cannot run is refused when it is deployed', () => {
  const schema = join(import.meta.dirname, '../../../../shared/data/workflows-schema.json');
  for (const { title, source, rule, line, names } of refusals)
    it(`${title}: ${rule}`, async function () {
      if (rule === 'schema' && !existsSync(schema)) {
        console.log(`      skipped: no schema of workflows at ${schema}`);
        this.skip();
      }
      const error = await compileWorkflow(quoteExpressions(source)).then(
        () => assert.fail('it was taken'),
        (cause: unknown) => cause,
      );
      assert.ok(error instanceof SourceRefused, String(error));
      const found = error.problems.find((problem) => problem.rule === rule);
      assert.ok(found, error.message);
      assert.equal(found.line, line, error.message);
      assert.match(error.message, names);
    });

  it('tells every problem at once, in the order of their lines', async () => {
    const source = '- a: { call: nothing.here }\n- b: { assign: [{ x: 1 }], next: gone }\n- a: { return: <<1 +>> }';
    await assert.rejects(compileWorkflow(quoteExpressions(source)), (error) => {
      assert.ok(error instanceof SourceRefused);
      assert.deepEqual(
        error.problems.map(({ rule, line }) => [rule, line]),
        [
          ['unknown-function', 1],
          ['jump', 2],
          ['expression', 3],
          ['duplicate-step', 3],
        ],
      );
      return true;
    });
  });

  it('works without the schema, says so once, and checks the rest', async () => {
    const said: unknown[] = [];
    const { error } = console;
    console.error = (line: unknown) => said.push(line);
    try {
      for (let n = 0; n < 2; n++) await compileWorkflow('- a: { return: 1 }', { file: '/nowhere/schema.json' });
    } finally {
      console.error = error;
    }
    assert.deepEqual(said, [
      'sandbox: no schema of workflows at /nowhere/schema.json, workflows are deployed without that check',
    ]);
  });

  it('JSON is taken as YAML is', async () => {
    const program = await compileWorkflow('{"main": {"steps": [{"a": {"return": 1}}]}}');
    assert.deepEqual([...program.routines.keys()], ['main']);
  });
});
