import { parseArgs } from 'node:util';
import { rareSituations } from '../test/oracle/histogram.ts';
import { runCliChecks, runOracleChecks } from './check-oracle/run-checks.ts';

/** Each situation must be met this often in 2,000 estates; fewer estates prove less and are not held to it. */
const least = { count: 20, runs: 2000 };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const { histogram, differing: inProcess } = await runOracleChecks({ runs, seed, keepGoing: values.all });
const cliRuns = Math.min(runs, 9);
const byCommand = inProcess.length === 0 ? await runCliChecks({ runs: cliRuns, seed }) : [];
const differing = [...inProcess, ...byCommand];
for (const [name, count] of histogram) console.log(`${String(count).padStart(6)}  ${name}`);
for (const { seed: of, folder, differences } of differing) {
  console.log(`\nseed ${of} (again: --runs 1 --seed ${of}; its files: ${folder})`);
  for (const difference of differences) console.log(`  ${difference}`);
}
const rare = runs >= least.runs && differing.length === 0 ? rareSituations(histogram, least.count) : [];
for (const one of rare) console.log(`met fewer than ${least.count} times: ${one}`);
console.log(
  differing.length === 0
    ? `\n${runs} estates, ${cliRuns} of them by command too: both say the same.`
    : `\n${differing.length} differ.`,
);
if (differing.length + rare.length > 0) process.exitCode = 1;
