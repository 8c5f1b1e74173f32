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

  const instead: [string, string][] = [
    ['timing: {settleSeconds: soon}', '1:25: timing.settleSeconds cannot be "soon". Write a number.'],
    ['timing: {settleSeconds: 1}', '1:25: timing.settleSeconds cannot be 1. Write a number from 2 on.'],
    ['timing: {settleSeconds: 999}', '1:25: timing.settleSeconds cannot be 999. Write a number up to 120.'],
    ['limits: {changesPerRun: 1.5}', '1:25: limits.changesPerRun cannot be 1.5. Write a whole number.'],
    ['paused: "yes"', '1:9: paused cannot be "yes". Write true or false.'],
    ['scope: [a]', '1:8: scope cannot be ["a"]. Write fields with values below it.'],
    ['scope: {include: a}', '1:18: scope.include cannot be "a". Write a list.'],
    ['scope: {include: [""]}', '1:19: scope.include.0 is empty. Write a text.'],
    ['scope:', '1:7: scope is empty. Write fields with values below it.'],
    ['urlMask: all', '1:10: urlMask cannot be "all". Write one of: observe, labelled.'],
    ['modes: {public-invokr: observe}', '1:9: modes.public-invokr is no field. Did you mean public-invoker?'],
    ['slack: {channel: "#security"}', '1:18: slack.channel cannot be "#security". Write a Slack channel id (C…).'],
    [
      'slack: {channel: C1, routes: [{channel: page}]}',
      '1:41: slack.routes.0.channel cannot be "page". Write a Slack channel id (C…).',
    ],
    ['slack: {channel: C1, approvers: [ann]}', '1:34: slack.approvers.0 cannot be "ann". Write a Slack user id (U…).'],
    ['scopes: [{folders: [top], modes: {}}]', '1:21: scopes.0.folders.0 cannot be "top". Write a folder number.'],
  ];
  for (const [text, message] of instead) {
    it(`says what to write instead of ${text}`, async () => {
      await assert.rejects(read(text), (error: Error) => error.message.endsWith(`sallyport.yaml:${message}`));
    });
  }

  it('wants a reason, an owner and a day that exists for an exemption', async () => {
    const text = 'exemptions:\n  - rule: public-invoker\n    resource: "*"\n    expires: 2030-02-30\n';
    await assert.rejects(read(text), (error: Error) => {
      for (const line of [
        ':2:5: exemptions.0.reason is missing. Write a text.',
        ':2:5: exemptions.0.owner is missing. Write a text.',
        ':4:14: exemptions.0.expires cannot be "2030-02-30". Write a day of the calendar as YYYY-MM-DD.',
      ]) {
        assert.ok(error.message.includes(line), error.message);
      }
      return true;
    });
  });

  it('is refused when it is named and not there', async () => {
    await assert.rejects(readSettingsFile(join(folder, 'none.yaml')), {
      code: 'bad-settings',
      message: /no such file/,
    });
  });
});
