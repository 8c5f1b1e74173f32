import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { parseSettings, settingsSchema } from '../../../functions/config.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/settings.md', import.meta.url)), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
}

const schema = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }) as Schema;

/** Every field by the name that a person writes: `slack.routes`, `limits.changesPerRun`. */
function namesOf({ properties = {} }: Schema, before = ''): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const whole = `${before}${name}`;
    return field.properties ? namesOf(field, `${whole}.`) : [whole];
  });
}

describe('docs/settings.md', () => {
  for (const name of namesOf(schema)) {
    it(`has a row for ${name}`, () => {
      const cells = page.split('\n').flatMap((line) => (line.startsWith('| `') ? [line.split('|')[1] ?? ''] : []));
      assert.ok(
        cells.some((cell) => cell.includes(`\`${name}`)),
        name,
      );
    });
  }

  it('names every capability', () => {
    const all = schema.properties?.['capabilities']?.items?.enum ?? [];
    assert.ok(all.length > 1);
    assert.deepEqual(
      all.filter((capability) => !page.includes(`\`${capability}\``)),
      [],
    );
  });

  it('has an example that is valid', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    assert.equal(parseSettings(parse(example)).exemptions.length, 1);
  });
});
