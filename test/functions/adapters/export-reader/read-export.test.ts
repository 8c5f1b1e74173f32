import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type ReadExportOptions, readExport } from '../../../../functions/adapters/export-reader/read-export.ts';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import { AppError } from '../../../../functions/errors.ts';
import { buildScanReport, type ScanReport } from '../../../../functions/reports/scan-report.ts';

const fixtures = 'test/fixtures/scan';

describe('reading an asset export', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-export-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  for (const name of readdirSync(fixtures)) {
    it(`gives the same answer for ${name}, wherever the file is cut into pieces`, async () => {
      const path = `${fixtures}/${name}/estate.ndjson`;
      const whole = await scan([path]);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 700 }), async (chunkBytes) => {
          assert.deepEqual(await scan([path], { chunkBytes }), whole);
        }),
        { numRuns: 5 },
      );
    });
  }

  // Without malformed lines (named by line) and ties (decided by line).
  for (const name of readdirSync(fixtures).filter((fixture) => fixture !== 'malformed-deleted-duplicates')) {
    const lines = readFileSync(`${fixtures}/${name}/estate.ndjson`, 'utf8').trimEnd().split('\n');

    it(`gives the same answer for ${name}, in whatever order and files its lines come`, async () => {
      const whole = withoutFiles(await scan([`${fixtures}/${name}/estate.ndjson`]));
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(lines, { minLength: lines.length }),
          fc.nat(lines.length),
          async (shuffled, cut) => {
            const files = [shuffled.slice(0, cut), shuffled.slice(cut)].map((part, at) =>
              write(`${at}`, part.join('\n')),
            );
            assert.deepEqual(withoutFiles(await scan(files)), whole);
          },
        ),
        { numRuns: 5 },
      );
    });

    it(`gives the same answer for ${name}, however its JSON is written`, async () => {
      const whole = withoutFiles(await scan([`${fixtures}/${name}/estate.ndjson`]));
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat(5)), fc.array(junkLine, { maxLength: 6 }), async (dice, junk) => {
          const roll = () => dice.next().value;
          const rewritten = lines.map((line) => rewrite(JSON.parse(line), roll));
          const file = write('rewritten', [...junk.map((line) => rewrite(line, roll)), ...rewritten].join('\r\n'));
          assert.deepEqual(withoutFiles(await scan([file])), whole);
        }),
        { numRuns: 5 },
      );
    });
  }

  it('unpacks gzip, whatever the file is called, and takes a folder by the names of its files', async () => {
    const text = readFileSync(`${fixtures}/labels/estate.ndjson`, 'utf8');
    const lines = text.split('\n');
    write('b.ndjson', lines.slice(5).join('\n'));
    write('a.json.gz', gzipSync(lines.slice(0, 5).join('\n')));
    write('notes.txt', 'not an export');
    const report = await scan([folder]);
    assert.deepEqual(report.source.files, [join(folder, 'a.json.gz'), join(folder, 'b.ndjson')]);
    assert.deepEqual(withoutFiles(report), withoutFiles(await scan([`${fixtures}/labels/estate.ndjson`])));
    const packed = await scan([write('packed', gzipSync(text))], { chunkBytes: 100 });
    assert.deepEqual(withoutFiles(packed), withoutFiles(report));
  });

  it('reads stdin as `-`, packed or not, beside files', async () => {
    const lines = readFileSync(`${fixtures}/labels/estate.ndjson`, 'utf8').split('\n');
    const file = write('first.ndjson', lines.slice(0, 5).join('\n'));
    const rest = Buffer.from(`\n${lines.slice(5).join('\n')}\nbroken`);
    for (const bytes of [rest, gzipSync(rest)]) {
      const report = await scan([file, '-'], { stdin: inPieces(bytes, 1) });
      assert.deepEqual(report.source.files, [file, '-']);
      assert.deepEqual(
        report.unreadable.map(({ resource, code }) => ({ resource, code })),
        [{ resource: `-:${lines.length - 5 + 2}`, code: 'malformed-line' }],
      );
      assert.equal(report.summary.accessPaths, 5);
    }
  });

  it('counts a line of the second file from that file’s start, and never joins the ends of two files', async () => {
    const [first] = readFileSync(`${fixtures}/labels/estate.ndjson`, 'utf8').split('\n');
    const files = [write('one', `${first}`), write('two', '\n{"name": ')];
    const report = await scan(files);
    assert.deepEqual(
      report.unreadable.filter(({ code }) => code === 'malformed-line').map(({ resource }) => resource),
      [`${files[1]}:2`],
    );
  });

  it('takes a byte order mark for what it is', async () => {
    const text = readFileSync(`${fixtures}/labels/estate.ndjson`);
    const report = await scan([write('bom', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), text]))]);
    assert.deepEqual(withoutFiles(report), withoutFiles(await scan([`${fixtures}/labels/estate.ndjson`])));
  });

  it('says that a packed file breaks off, and keeps what came before and after', async () => {
    const noise = Array.from({ length: 2000 }, (_, at) => `{"name":"//x.googleapis.com/projects/p/${Math.sin(at)}"}`);
    const packed = gzipSync(noise.join('\n'));
    const broken = write('broken.gz', packed.subarray(0, packed.length - 2000));
    const report = await scan([broken, `${fixtures}/labels/estate.ndjson`]);
    assert.deepEqual(
      report.unreadable.map(({ resource, code }) => ({ resource, code })),
      [{ resource: broken, code: 'file-not-readable' }],
    );
    assert.equal(report.summary.projects, 2);
    assert.equal(report.summary.accessPaths, 5);
  });

  it('says that a file was cut off, even in a line of no interest and behind a brace', async () => {
    const line = '{"name":"//x.googleapis.com/projects/p/y/z","iam_policy":{"bindings":[]}';
    const { unreadable } = await scan([write('cut', `${line}}\n${line}`)]);
    assert.deepEqual(
      unreadable.map(({ resource, code }) => [resource, code]),
      [[`${join(folder, 'cut')}:2`, 'malformed-line']],
    );
  });

  it('refuses a path that is not there, and a folder without exports', async () => {
    const isUsage = (error: unknown) => error instanceof AppError && error.code === 'bad-usage';
    await assert.rejects(readExport([join(folder, 'nothing')]), isUsage);
    await assert.rejects(readExport([folder]), isUsage);
  });

  it('says what Google never writes instead of taking it for nothing', async () => {
    const service = '//run.googleapis.com/projects/p/locations/r/services/s';
    const file = write(
      'odd',
      [
        JSON.stringify({ name: service, resource: { data: { kind: 'Route', metadata: {} } } }),
        JSON.stringify({ name: '//run.googleapis.com/projects/p/locations/r/services/t', resource: { data: {} } }),
        JSON.stringify({
          name: '//run.googleapis.com/projects/p/locations/r/services/t',
          iam_policy: { bindings: 'x' },
        }),
      ].join('\n'),
    );
    const { unreadable } = await scan([file]);
    assert.deepEqual(
      unreadable.map(({ resource, code }) => [resource.at(-1), code]),
      [
        ['s', 'resource-not-understood'],
        ['t', 'policy-not-understood'],
      ],
    );
  });

  it('knows how far the list of services reaches: by a RESOURCE line of one, if no line was lost', async () => {
    const run = '//run.googleapis.com/projects/p/locations/r/services';
    const policyOnly = `{"name":"${run}/a","iam_policy":{}}`;
    const resource = `{"name":"${run}/b","resource":{"data":{"metadata":{"name":"b"}}}}`;
    const listsOf = async (...lines: readonly string[]) => {
      const { lists } = await readExport([write('a.ndjson', lines.join('\n'))]);
      return lists?.get('p')?.services;
    };
    assert.equal(await listsOf(policyOnly), undefined);
    assert.deepEqual(await listsOf(policyOnly, resource), []);
    assert.deepEqual(await listsOf(policyOnly, resource, '{'), ['*']);
  });

  it('reads who may pass IAP, on the backend and above it', async () => {
    const neg = 'projects/p/regions/r/networkEndpointGroups/n';
    const accessor = (name: string, member: string) =>
      `{"name":"${name}","iam_policy":{"bindings":[{"role":"roles/iap.httpsResourceAccessor","members":["${member}"]}]}}`;
    const path = write(
      'a.ndjson',
      [
        `{"name":"//compute.googleapis.com/projects/p/global/backendServices/b","resource":{"data":{"id":"7","iap":{"enabled":true},"backends":[{"group":"https://www.googleapis.com/compute/v1/${neg}"}]}}}`,
        `{"name":"//compute.googleapis.com/${neg}","resource":{"data":{"networkEndpointType":"SERVERLESS","cloudRun":{"service":"s"}}}}`,
        accessor('//iap.googleapis.com/projects/12/iap_web/compute/services/7', 'user:a@x'),
        accessor('//iap.googleapis.com/projects/p/iap_web', 'user:b@x'),
        accessor('//cloudresourcemanager.googleapis.com/projects/12', 'user:c@x'),
        '{"name":"//x.googleapis.com/projects/p/y/z","ancestors":["projects/12"]}',
      ].join('\n'),
    );
    const { iapPolicies } = await readExport([path]);
    const policies = [...(iapPolicies?.values() ?? [])].flat();
    assert.deepEqual(
      policies.flatMap(({ bindings = [] }) => bindings.flatMap(({ members = [] }) => members)),
      ['user:a@x', 'user:b@x', 'user:c@x'],
    );
  });

  it('tells how far it is', async () => {
    const seen: number[] = [];
    await scan([`${fixtures}/labels/estate.ndjson`], { chunkBytes: 1000, onProgress: ({ bytes }) => seen.push(bytes) });
    assert.equal(seen.at(-1), readFileSync(`${fixtures}/labels/estate.ndjson`).length);
    assert.ok(seen.length > 2);
  });
});

async function scan(paths: readonly string[], options: ReadExportOptions = {}): Promise<ScanReport> {
  const inventory = await readExport(paths, options);
  return buildScanReport(inventory, evaluate(inventory, { settings: parseSettings(undefined) }));
}

function withoutFiles({ source: { files: _files, ...source }, ...report }: ScanReport): unknown {
  return { ...report, source };
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Lines of no interest, in a project that every fixture has... or in none, so that they change no count. */
const junkLine = fc.record(
  {
    name: fc.constantFrom('//storage.googleapis.com/bucket', '//storage.googleapis.com/b"u}{c\\ket', 'no/name', ''),
    asset_type: fc.constantFrom('storage.googleapis.com/Bucket', 'run.googleapis.com/Service'),
    resource: fc.record({ data: fc.jsonValue() }),
    iam_policy: fc.constant({ bindings: [] }),
    ancestors: fc.constant(['projects/424242', 'organizations/1']),
  },
  { requiredKeys: ['name'] },
);

/** The same JSON with other key order, white space and escapes, as other writers write it. */
function rewrite(value: unknown, roll: () => number): string {
  const space = () => ['', '', ' ', '\t'][roll() % 4] ?? '';
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    if (roll() === 0) return text.replaceAll('/', '\\/');
    return roll() === 0 ? text.replaceAll('/', '\\u002f').replaceAll('e', '\\u0065') : text;
  }
  if (Array.isArray(value))
    return `[${space()}${value.map((item) => rewrite(item, roll)).join(`${space()},`)}${space()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  const turned =
    roll() === 0 ? entries.reverse() : roll() === 0 ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries;
  return `{${space()}${turned
    .map(([key, item]) => `${JSON.stringify(key)}${space()}:${space()}${rewrite(item, roll)}${space()}`)
    .join(`,${space()}`)}}`;
}
