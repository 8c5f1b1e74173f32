import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { readExport } from '../functions/adapters/export-reader/read-export.ts';
import { parseSettings } from '../functions/config.ts';
import { addMembers } from '../functions/core/change/policy-edit.ts';
import { assertLegalChange, invokerRole } from '../functions/core/change/policy-guard.ts';
import { parsePolicy } from '../functions/core/estate/normalize/policy.ts';
import { evaluate } from '../functions/core/evaluate.ts';
import type { Policy } from '../functions/core/inventory.ts';
import { AppError } from '../functions/errors.ts';
import { keysOf } from '../functions/events/keys-of.ts';
import { renderScanCsv } from '../functions/reports/scan-csv.ts';
import { buildScanReport } from '../functions/reports/scan-report.ts';
import { renderScanTable } from '../functions/reports/scan-table.ts';
import { buildMutator, type Mutator } from './check-fuzz/mutate.ts';
import { soundEvents, soundPolicies, soundSettings } from './check-fuzz/sound-input.ts';

/**
 * `node scripts/check-fuzz.ts [--runs 10000] [--seed 1]`: broken exports, settings, events and policies in equal parts. Nothing
 * may crash or hang, every refusal has a code, and what cannot be read is never clean. Prints the seed of the first failure.
 */
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const fixtures = fileURLToPath(new URL('../test/fixtures/scan/', import.meta.url));
const estates = readdirSync(fixtures).map((name) => readFileSync(`${fixtures}${name}/estate.ndjson`, 'utf8'));
const slowMs = 2000;

/** Names of what rules read. */
const readNames = [
  /^\/\/(run|compute|iam)\.googleapis\.com\/projects\/[^/]+\/(.*\/)?(services|backendServices|networkEndpointGroups|roles)\/[^/]+$/,
  /^\/\/cloudresourcemanager\.googleapis\.com\/(projects|folders|organizations)\/[^/]+$/,
];
const kinds: Readonly<Record<string, (mutator: Mutator) => Promise<string> | string>> = {
  exports: fuzzExport,
  settings: fuzzSettings,
  events: fuzzEvent,
  policies: fuzzPolicy,
};
const ends = new Map<string, number>();
const perKind = Math.ceil(Number(values.runs) / Object.keys(kinds).length);

for (const [kind, fuzz] of Object.entries(kinds)) {
  for (let run = 0; run < perKind; run += 1) {
    const seed = Number(values.seed) * 1_000_000 + run;
    const began = performance.now();
    try {
      const end = `${kind}: ${await fuzz(buildMutator(seed))}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    } catch (error) {
      console.error(`${kind}, --seed ${values.seed}, run ${run}:`);
      throw error;
    }
    const ms = performance.now() - began;
    if (ms > slowMs) throw new Error(`${kind}, --seed ${values.seed}, run ${run}: took ${Math.round(ms)} ms`);
  }
}
for (const [end, count] of [...ends].sort()) console.log(`${String(count).padStart(6)}  ${end}`);
console.log(`${perKind * Object.keys(kinds).length} inputs, no crash, no hang, nothing unreadable called clean`);

async function fuzzExport(mutator: Mutator): Promise<string> {
  const sound = mutator.pick(estates as [string, ...string[]]);
  const isText = mutator.pick([true, false]);
  const broken = isText
    ? mutator.text(sound)
    : sound
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.stringify(mutator.json(tryParse(line))))
        .join('\n');
  const inventory = await readExport(['-'], { stdin: Readable.from([Buffer.from(broken)]), chunkBytes: 64 });
  const report = buildScanReport(inventory, evaluate(inventory, { settings: parseSettings({}), now: 0 }));
  JSON.stringify(report);
  renderScanTable(report);
  renderScanCsv(report);
  const bad = broken.split('\n').find(mustBeSaid);
  if (bad !== undefined && report.unreadable.length === 0) throw new Error(`clean in spite of a broken line: ${bad}`);
  return report.unreadable.length > 0 ? 'unreadable' : 'readable';
}

/**
 * A line that is no JSON object with a name must be said, unless its name is whole and of something that no rule reads
 * (docs/decisions/export-lines-skipped-unparsed.md).
 */
function mustBeSaid(line: string): boolean {
  if (line.trim() === '' || isNamed(tryParse(line))) return false;
  const name = /^\s*\{\s*"name"\s*:\s*"(\/\/[^"\\]*)"/.exec(line)?.[1];
  return name === undefined || readNames.some((one) => one.test(name));
}

async function fuzzSettings(mutator: Mutator): Promise<string> {
  const sound = mutator.pick(soundSettings);
  const value = mutator.pick([true, false]) ? mutator.json(parse(sound)) : tryYaml(mutator.text(sound));
  return refusedOr('valid', 'bad-settings', () => parseSettings(value));
}

function fuzzEvent(mutator: Mutator): string {
  const broken = mutator.json(mutator.pick(soundEvents));
  return keysOf(mutator.pick([broken, { type: 'google.cloud.audit.log.v1.written', id: '1', data: broken }])).kind;
}

function fuzzPolicy(mutator: Mutator): string {
  const policy = parsePolicy(mutator.json(mutator.pick(soundPolicies)));
  if (!policy) return 'no policy';
  const member = 'serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com';
  const after = addMembers(policy, invokerRole, [member]);
  if (after === policy) return 'granted already';
  return refusedOr('granted', 'write-refused', () => grant(policy, after, member));
}

function grant(before: Policy, after: Policy, member: string): void {
  const resource = '//run.googleapis.com/projects/p/locations/r/services/s';
  const change = { capability: 'grant-invoker', kind: 'add', resource, role: invokerRole, members: [member] } as const;
  assertLegalChange(before, after, change, ['grant-invoker']);
}

function refusedOr(good: string, code: string, work: () => unknown): string {
  try {
    work();
    return good;
  } catch (error) {
    if (error instanceof AppError && error.code === code) return `refused (${code})`;
    throw error;
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tryYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    // The settings file's own reader says where YAML is broken; here only what parses is of interest.
    return undefined;
  }
}

function isNamed(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    'name' in value &&
    typeof value.name === 'string'
  );
}
