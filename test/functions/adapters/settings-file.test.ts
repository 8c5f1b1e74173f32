import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettingsFile } from '../../../functions/adapters/settings-file.ts';
import { parseSettings } from '../../../functions/config.ts';

describe('the settings file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-settings-'));
  after(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    const path = join(folder, 'sallyport.yaml');
    writeFileSync(path, text);
    return readSettingsFile(path);
  };

  it('is all defaults where there is none, or where it is empty', async () => {
    const defaults = parseSettings(undefined);
    assert.deepEqual(await readSettingsFile(undefined), defaults);
    assert.deepEqual(await readSettingsFile(''), defaults);
    assert.deepEqual(await read(''), defaults);
    assert.deepEqual(await read('# nothing yet\n'), defaults);
  });

  it('says the same in YAML and in JSON', async () => {
    const json = await read('{"scope": {"include": ["shop-*"]}, "identity": "service-agent"}');
    assert.deepEqual(await read('scope:\n  include: [shop-*]\nidentity: service-agent\n'), json);
    assert.deepEqual(json.scope.include, ['shop-*']);
    assert.deepEqual(await read('{scope: {include: [shop-*]}, identity: service-agent}'), json);
  });

  const wrong: [string, string, RegExp][] = [
    ['an unknown field', 'paused: false\npausd: true\n', /sallyport\.yaml:\d+:\d+: .*pausd/],
    ['a wrong type', 'timing:\n  bucketSeconds: 30\n  settleSeconds: soon\n', /:3:18: timing\.settleSeconds/],
    ['a value out of range', 'timing: {settleSeconds: 1}', /:1:25: timing\.settleSeconds/],
    ['an unknown mode in a list', 'capabilities:\n  - grant-invoker\n  - grant-owner\n', /:3:5: capabilities\.1/],
    ['broken YAML', 'scope:\n  include: [a\npaused: true\n', /:\d+:\d+: /],
    ['broken JSON', '{"paused": }}', /:\d+:\d+: /],
    ['a list', '- a\n', /:1:1: the file/],
    ['wrong JSON', '{"paused": "yes"}', /paused/],
  ];
  for (const [what, text, message] of wrong) {
    it(`is refused with its place: ${what}`, async () => {
      await assert.rejects(read(text), { code: 'bad-settings', name: 'TerminalError', message });
    });
  }

  it('is refused when it is named and not there', async () => {
    await assert.rejects(readSettingsFile(join(folder, 'none.yaml')), {
      code: 'bad-settings',
      message: /no such file/,
    });
  });
});
