import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAdmin } from '../../../cli/story/admin.ts';
import { eventarcTriggers } from '../../../functions/events/event-sources.ts';
import { deploySallyport } from '../../../sandbox/deploy/deploy-sallyport.ts';
import { buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { startSandbox } from '../../../sandbox/start-sandbox.ts';
import { allowedParts } from '../../../scripts/build/allowed-parts.ts';
import { type BuiltFunction, buildFunctions } from '../../../scripts/build/build-functions.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

describe('the build of the functions', function () {
  this.timeout(120_000);
  const clones: string[] = [];
  let first: string;
  let built: readonly BuiltFunction[];

  before(async () => {
    first = copyRepository('here', repository);
    built = await buildFunctions(request(first));
  });

  after(() => {
    for (const clone of clones) rmSync(clone, { recursive: true, force: true });
  });

  it('makes a folder of each function in functions/main.ts', () => {
    assert.deepEqual(
      built.map(({ name }) => name),
      ['audit-event', 'reconcile', 'report', 'slack-action', 'sweep'],
    );
  });

  it('gives the same bytes from another folder at another time', async () => {
    const again = await buildFunctions(request(copyRepository('some/where/else', first)));
    assert.deepEqual(again.map(hashFiles), built.map(hashFiles));
    assert.deepEqual(
      again.map(({ sha256 }) => sha256),
      built.map(({ sha256 }) => sha256),
    );
  });

  it('leaves for first use what an answer may not need', () => {
    const { folder, startBytes, bytes } = find('reconcile');
    assert.ok(startBytes < bytes / 5, `${startBytes} of ${bytes} bytes are loaded at start`);
    const entry = readFileSync(join(folder, 'index.mjs'), 'utf8');
    assert.doesNotMatch(entry, /\bfrom ?["'](googleapis|google-auth-library|@google-cloud\/(?!functions-framework))/);
  });

  for (const [name, parts] of Object.entries(allowedParts)) {
    it(`puts into ${name} just the packages and APIs that it is allowed`, () => {
      assert.deepEqual(find(name).parts, [...parts].sort());
    });
  }

  for (const name of ['audit-event', 'slack-action']) {
    it(`puts no library of Google or Slack into ${name}, not even one that another brings along`, () => {
      assert.deepEqual(
        find(name).packages.map((one) => one.name),
        ['fastest-levenshtein', 'yaml', 'zod'],
      );
      assert.ok(find(name).startBytes < 250_000, `${find(name).startBytes} bytes are loaded at start`);
    });
  }

  it('puts no client of Cloud Run, Compute or IAP into sweep, and no writer into report', () => {
    const packages = find('sweep').packages.map((one) => one.name);
    assert.ok(!packages.includes('googleapis') && !packages.includes('@google-cloud/logging'), packages.join(' '));
    assert.ok(find('sweep').bytes < find('reconcile').bytes * 0.6);
    assert.ok(!find('report').parts.some((part) => /run\/v2|serviceusage|logging/.test(part)));
  });

  it('stops at what a function may not hold, and says what', async () => {
    const clone = copyRepository('too-much', first);
    const entry = join(clone, 'functions/entrypoints/slack-action.ts');
    const more = "export const run = () => import('../adapters/google-clients/run.ts').then((one) => one.openRun);\n";
    writeFileSync(entry, `${readFileSync(entry, 'utf8')}\n${more}`);
    await assert.rejects(
      buildFunctions({ ...request(clone), names: ['slack-action'] }),
      /slack-action takes in what it does not need: googleapis\/run\/v1/,
    );
  });

  it('puts the folder into a zip file of the hash that it prints', () => {
    for (const { folder, zip, sha256 } of built) {
      assert.equal(zip, `${folder}.zip`);
      assert.equal(hash(zip), sha256);
    }
  });

  for (const folder of ['cli', 'sandbox', 'test', 'bench', 'scripts']) {
    it(`refuses a function that takes in something of ${folder}/`, async () => {
      const clone = copyRepository(`with-${folder}`, first);
      mkdirSync(join(clone, folder));
      writeFileSync(join(clone, folder, 'secret.ts'), 'export const secret = 1;\n');
      const entry = join(clone, 'functions/entrypoints/audit-event.ts');
      writeFileSync(
        entry,
        `${readFileSync(entry, 'utf8')}\nimport { secret } from '../../${folder}/secret.ts';\nvoid secret;\n`,
      );
      await assert.rejects(
        buildFunctions({ ...request(clone), names: ['audit-event'] }),
        new RegExp(`audit-event takes in what is not deployed: ${folder}/secret.ts`),
      );
    });
  }

  it('brings a manifest for the buildpack, and the licence of everything inside', () => {
    const { folder, packages } = find('reconcile');
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const installed = JSON.parse(
      readFileSync(join(repository, 'node_modules/@google-cloud/functions-framework/package.json'), 'utf8'),
    );
    assert.equal(manifest.type, 'module');
    assert.equal(manifest.main, 'index.mjs');
    assert.deepEqual(manifest.dependencies, { '@google-cloud/functions-framework': installed.version });
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const { name, version } of packages) assert.ok(notices.includes(`${name} ${version} (`), `${name} is missing`);
    assert.match(notices, /Apache License\s+Version 2\.0/);
  });

  it('makes files that do the whole job on the Functions Framework', async () => {
    const sandbox = await startSandbox();
    const estate = buildArticleEstate(sandbox.cloud);
    const deployment = await deploySallyport({
      sandbox,
      project: estate,
      accounts: estate,
      methods: eventarcTriggers().map(({ methodName }) => methodName),
      builtDir: join(find('reconcile').folder, '..'),
    });
    try {
      const admin = createAdmin(sandbox.url, estate);
      await admin.switchIapOn();
      await deployment.idle();
      for (const region of estate.regions) assert.deepEqual(await admin.invokers(region), [estate.iapAgent]);
    } finally {
      await deployment.stop();
      await sandbox.stop();
    }
  });

  it('makes files that tell of it on Slack, with Slack’s client inside', async () => {
    const sandbox = await startSandbox();
    const estate = buildArticleEstate(sandbox.cloud);
    const deployment = await deploySallyport({
      sandbox,
      project: estate,
      accounts: estate,
      methods: eventarcTriggers().map(({ methodName }) => methodName),
      builtDir: join(find('reconcile').folder, '..'),
      parts: 'all',
    });
    try {
      await createAdmin(sandbox.url, estate).switchIapOn();
      await deployment.idle();
      const told = deployment.slack?.store.messages('C0SECURITY').map(({ text }) => text.split(' in ')[0]) ?? [];
      assert.deepEqual([...new Set(told)], ['Fixed: iap-invoker-missing']);
      assert.equal(told.length, estate.regions.length);
    } finally {
      await deployment.stop();
      await sandbox.stop();
    }
  });

  /** What a build reads, in a folder of its own, with this repository's packages. */
  function copyRepository(name: string, from: string): string {
    const parent = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-build-')));
    clones.push(parent);
    const clone = join(parent, name);
    mkdirSync(clone, { recursive: true });
    for (const each of ['functions', 'package.json', 'tsconfig.json']) {
      cpSync(join(from, each), join(clone, each), { recursive: true });
    }
    symlinkSync(join(repository, 'node_modules'), join(clone, 'node_modules'));
    return clone;
  }

  function find(name: string): BuiltFunction {
    const one = built.find((each) => each.name === name);
    assert.ok(one);
    return one;
  }
});

function request(root: string) {
  return { root, outDir: join(root, 'dist/functions') };
}

function hashFiles({ folder }: BuiltFunction): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort()
      .map((file) => [file, hash(join(folder, file))]),
  );
}

function hash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
