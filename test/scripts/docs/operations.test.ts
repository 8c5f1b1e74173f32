import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { parseSettings } from '../../../functions/config.ts';
import { modeLimit } from '../../../functions/core/settings/mode-limit.ts';
import { inventory, project, service } from '../../support/estate.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const page = read('docs/operations.md');

/** Rows of the table below a heading, without its head. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const lines = own.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/operations.md', () => {
  const failures = rowsOf('When something fails');

  it('has a row for every failure that operators ask about', () => {
    assert.ok(failures.length >= 20, String(failures.length));
    assert.ok(failures.every((row) => row.length === 5));
  });

  for (const [failure = '', , , , proof = ''] of failures) {
    it(`names a test that there is: ${failure}`, () => {
      const [, file = '', title = ''] = /^`(test\/[^`]+\.test\.ts)`: (.+)$/.exec(proof) ?? [];
      assert.ok(file !== '' && existsSync(root + file), proof);
      const titles = read(file)
        .split('\n')
        .filter((line) => /^\s*(it|describe)(\.\w+)?\(/.test(line));
      assert.ok(
        titles.some((line) => line.includes(title)),
        `${file} has no test "${title}"`,
      );
    });
  }

  it('has a ladder whose every step is valid, and lets more happen than the one before', () => {
    const steps = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => parseSettings(parse(text)));
    assert.equal(steps.length, 5);
    const labelled = service('europe-west1', { labels: { sallyport: 'enforce' } });
    const plain = service('us-central1');
    const seen = inventory({ services: [labelled, plain] });
    const limits = steps.map((step) => [
      modeLimit('iap-invoker-missing', plain.name, seen, step),
      modeLimit('iap-invoker-missing', labelled.name, seen, step),
      modeLimit('public-invoker', plain.name, seen, step),
    ]);
    assert.deepEqual(limits, [
      ['observe', 'observe', 'observe'],
      ['approve', 'approve', 'approve'],
      ['approve', 'enforce', 'approve'],
      ['enforce', 'enforce', 'approve'],
      ['enforce', 'enforce', 'approve'],
    ]);
    assert.ok(steps.every(({ scope }) => scope.include.some((one) => project.name.startsWith(one.replace('*', '')))));
    assert.deepEqual(steps.at(-1)?.capabilities, ['grant-invoker', 'revoke-invoker']);
  });

  describe('environment', () => {
    const table = rowsOf('Environment of the functions').map(([name = '', ...cells]) => ({
      name: name.replaceAll('`', ''),
      cells,
    }));
    const functions = ['sweep', 'report', 'slack-action', 'reconcile'];

    it('names every variable that a function reads, there or in docs/events.md', () => {
      const sources = globSync('functions/**/*.ts', { cwd: root }).map(read).join('\n');
      const used = new Set(sources.match(/\b(?:SALLYPORT|SLACK)_[A-Z_]+\b/g));
      const told = `${page}\n${read('docs/events.md')}`;
      for (const name of used) assert.ok(told.includes(`\`${name}\``), `${name} is on no page`);
      for (const { name } of table) assert.ok(sources.includes(name), `${name} is read nowhere`);
    });

    it('says must of exactly those that a function does not start without', () => {
      functions.forEach((name, index) => {
        const source = read(`functions/entrypoints/${name}.ts`);
        const always = [...source.matchAll(/requiredVariable\('([A-Z_]+)'\)/g)].map(([, one]) => one);
        const withQueue = ['SALLYPORT_RECONCILE_URL', 'SALLYPORT_TASKS_SERVICE_ACCOUNT'];
        const wanted = name === 'reconcile' ? always.filter((one) => !withQueue.includes(one ?? '')) : always;
        const must = table.filter(({ cells }) => cells[index] === 'must').map((row) => row.name);
        assert.deepEqual([...must].sort(), [...new Set(wanted)].sort(), name);
      });
    });
  });
});
