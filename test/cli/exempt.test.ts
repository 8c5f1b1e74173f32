import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettingsFile } from '../../functions/adapters/settings-file.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const resource = '//compute.googleapis.com/projects/acme-prod/global/backendServices/shop-backend';
const dayIn = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString().slice(0, 10);
const words = ['--reason', 'it: is "odd" #1', '--owner', 'ann@acme.example'];

describe('sallyport exempt', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-exempt-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = () => join(folder, 'sallyport.yaml');
  const exempt = (...args: string[]) =>
    spawnSync(process.execPath, [main, 'exempt', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const add = (...args: string[]) => exempt('cdn-with-iap', resource, ...words, ...args);

  it('prints what to put into the settings, and writes nothing', async () => {
    const { status, stdout } = add('--expires', dayIn(30));
    assert.equal(status, 0);
    assert.equal(existsSync(file()), false);
    writeFileSync(file(), stdout);
    const [one] = (await readSettingsFile(file())).exemptions;
    assert.deepEqual(
      [one?.rule, one?.resource, one?.reason, one?.expires],
      ['cdn-with-iap', resource, words[1], dayIn(30)],
    );
  });

  it('adds it to the file, where comments and everything else stay', async () => {
    const before = [
      '# ours',
      'scope:',
      '  include: ["acme-*"] # all of it',
      'exemptions:',
      '  # the old one',
      '  - rule: run-url-bypass',
      '    resource: "*"',
      '    reason: the old client',
      '    owner: ann@acme.example',
      '    expires: 2031-03-31 # ask again',
      'paused: false',
      '',
    ].join('\n');
    writeFileSync(file(), before);
    assert.equal(add('--expires', dayIn(30), '--subject', 'x*', '--write').status, 0);
    const after = readFileSync(file(), 'utf8');
    const added = after.split('\n').filter((line) => !before.split('\n').includes(line));
    assert.deepEqual(
      added.map((line) => line.trim().split(':')[0]),
      ['- rule', 'resource', 'subject', 'reason', 'owner', 'expires'].filter((name) => name !== 'owner'),
    );
    assert.deepEqual(
      (await readSettingsFile(file())).exemptions.map(({ rule, subject }) => [rule, subject]),
      [
        ['run-url-bypass', undefined],
        ['cdn-with-iap', 'x*'],
      ],
    );
  });

  for (const [title, start] of [
    ['no file', undefined],
    ['an empty file', ''],
    ['an empty list', 'exemptions: []\n'],
    ['a file of comments', '# nothing yet\n'],
    ['JSON', '{"paused": false}\n'],
  ] as const) {
    it(`starts from ${title}`, async () => {
      if (start !== undefined) writeFileSync(file(), start);
      const { status, stderr } = add('--expires', dayIn(30), '--write');
      assert.equal(status, 0, stderr);
      assert.equal((await readSettingsFile(file())).exemptions.length, 1);
      if (start?.startsWith('#')) assert.match(readFileSync(file(), 'utf8'), /# nothing yet/);
    });
  }

  it('refuses an end that is over, too far away, or no day, and says what to write', () => {
    for (const [day, why] of [
      [dayIn(0), 'is over'],
      [dayIn(-1), 'is over'],
      [dayIn(400), 'more than a year away'],
      ['2027-02-30', 'is no day'],
      ['tomorrow', 'is no day'],
    ] as const) {
      const { status, stderr } = add('--expires', day, '--write');
      assert.equal(status, 2, day);
      assert.ok(stderr.includes(why), stderr);
    }
    assert.equal(existsSync(file()), false);
    assert.equal(add('--expires', dayIn(365)).status, 0);
  });

  it('refuses a rule that does not exist, a short name, and a decision without reason or owner', () => {
    for (const args of [
      ['no-such-rule', resource, ...words],
      ['cdn-with-iap', 'shop-backend', ...words],
      ['cdn-with-iap', resource, '--reason', 'x'],
      ['cdn-with-iap', resource, '--owner', 'x'],
      ['cdn-with-iap'],
    ]) {
      assert.equal(exempt(...args, '--expires', dayIn(30)).status, 2, args.join(' '));
    }
  });

  it('refuses what is exempt already, and adds nothing to settings that are broken', () => {
    add('--expires', dayIn(30), '--write');
    const text = readFileSync(file(), 'utf8');
    assert.match(add('--expires', dayIn(60), '--write').stderr, /exempt already, until/);
    assert.equal(readFileSync(file(), 'utf8'), text);
    writeFileSync(file(), 'scope: [\n');
    assert.equal(add('--expires', dayIn(60), '--write').status, 2);
    assert.equal(readFileSync(file(), 'utf8'), 'scope: [\n');
  });

  it('names the file that was asked, and says so where there is none', () => {
    const list = (...args: string[]) => exempt('--list', ...args).stdout;
    assert.equal(list(), 'No exemptions: there is no sallyport.yaml here.\n');
    writeFileSync(join(folder, 'other.yaml'), '');
    assert.equal(list('--settings', 'other.yaml'), 'No exemptions in other.yaml.\n');
    writeFileSync(file(), '');
    assert.equal(list(), 'No exemptions in sallyport.yaml.\n');
  });

  it('lists the days that are left, and what has ended', () => {
    const one = (expires: string) =>
      `  - { rule: cdn-with-iap, resource: "${resource}", reason: r, owner: "o\\e[31m", expires: ${expires} }\n`;
    writeFileSync(file(), `exemptions:\n${one(dayIn(5))}${one(dayIn(1))}${one('2020-01-01')}`);
    const { stdout } = exempt('--list');
    assert.match(stdout, /^2020-01-01 {2}ended 2020-01-01 .*\n.* 1 day left .*\n.* 5 days left .*\n$/);
    assert.ok(!stdout.includes('\u001b'), 'foreign text reaches no terminal as it is');
  });
});
