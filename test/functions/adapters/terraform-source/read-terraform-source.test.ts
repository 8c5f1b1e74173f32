import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readTerraformSource } from '../../../../functions/adapters/terraform-source/read-terraform-source.ts';
import type { ConfigModule } from '../../../../functions/core/terraform-plan/plan-file.ts';
import { indexTerraformSource } from '../../../../functions/core/terraform-plan/terraform-source.ts';

describe('readTerraformSource', () => {
  let home: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'sallyport-source-'));
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('finds local modules where they are called from, and downloaded ones where init put them', async () => {
    write('live/main.tf', 'module "own" {\n source = "../own"\n}\n\nmodule "far" {\n source = "acme/far/google"\n}\n');
    write('own/x.tf', '\nresource "google_x" "y" {}\n');
    write('live/.terraform/modules/far/z.tf', 'resource "google_x" "z" {}\n');
    const installed = {
      Modules: [
        { Key: '', Dir: '.' },
        { Key: 'far', Dir: '.terraform/modules/far' },
      ],
    };
    write('live/.terraform/modules/modules.json', JSON.stringify(installed));
    const source = indexTerraformSource(
      await readTerraformSource(join(home, 'live'), calling({ own: '../own', far: 'acme/far/google' }), home),
    );
    assert.deepEqual(source.locate([{ name: 'own', key: 'a' }], 'google_x.y'), { file: 'own/x.tf', line: 2 });
    assert.ok(source.resource([{ name: 'far' }], 'google_x.z'), 'its text is known');
    // Nobody can change a download: the place is the call.
    assert.deepEqual(source.locate([{ name: 'far' }], 'google_x.z'), { file: 'live/main.tf', line: 5 });
    assert.equal(source.rootFile, 'live/main.tf');
  });

  it('prefers a block to its override, and takes a folder without Terraform for no source', async () => {
    write('a_override.tf', 'resource "google_x" "y" {}\n');
    write('b.tf', '# here\nresource "google_x" "y" {}\n');
    const found = indexTerraformSource(await readTerraformSource(home, calling({}), home));
    assert.deepEqual(found.locate([], 'google_x.y'), { file: 'b.tf', line: 2 });
    const none = indexTerraformSource(await readTerraformSource(join(home, 'none'), calling({}), home));
    assert.deepEqual([none.rootFile, none.locate([], 'google_x.y')], [undefined, undefined]);
  });
});

function calling(sources: Readonly<Record<string, string>>): ConfigModule {
  const empty: ConfigModule = {
    resources: new Map(),
    outputs: new Map(),
    calls: new Map(),
    variableDefaults: new Map(),
  };
  const calls = Object.entries(sources).map(
    ([name, source]) => [name, { source, expressions: {}, module: empty }] as const,
  );
  return { ...empty, calls: new Map(calls) };
}
