import { parseArgs } from 'node:util';
import { runExplainChecks } from './check-explain/run-checks.ts';

/** Each situation must be met this often in 1,000 estates; fewer estates prove less and are not held to it. */
const least = { count: 20, runs: 1000 };
const mostUnknown = 0.1;

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const began = performance.now();
const { asked, unknown, reasons, situations, difference } = await runExplainChecks({ runs, seed });
for (const [name, count] of situations) console.log(`${String(count).padStart(6)}  ${name}`);
console.log(`\n${unknown} of ${asked} requests are unknown to explain, and said to be:`);
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(6)}  ${reason}`);
if (difference) {
  console.log(
    `\nseed ${difference.seed} (again: --runs 1 --seed ${difference.seed}): ${JSON.stringify(difference.request)}`,
  );
  for (const one of difference.differences) console.log(`  ${one}`);
}
const rare = runs >= least.runs && !difference ? [...situations].filter(([, count]) => count < least.count) : [];
for (const [name, count] of rare) console.log(`met fewer than ${least.count} times: ${name} (${count})`);
const isTooSilent = unknown > asked * mostUnknown;
if (isTooSilent) console.log(`explain says too often that it does not know: more than ${mostUnknown * 100} %`);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  difference
    ? '\nThey differ.'
    : `\n${runs} estates, ${asked} requests, ${seconds} s: explain and the front door say the same.`,
);
if (difference || rare.length > 0 || isTooSilent) process.exitCode = 1;
