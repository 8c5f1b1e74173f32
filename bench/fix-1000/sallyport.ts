import { openWorld } from '../../cli/open-world.ts';
import { reconcile } from '../../functions/core/reconcile.ts';

/** Detects and fixes a project as `sallyport fix` does, with the CLI's world; prints milliseconds and changes as JSON. */
const [project = '', ledger = ''] = process.argv.slice(2);
const world = await openWorld({ ledger });
const began = performance.now();
const result = await reconcile({ project, reason: 'manual', runId: 'bench' }, world, {
  modes: ['enforce'],
  maxChanges: Number.POSITIVE_INFINITY,
});
const ms = performance.now() - began;
await world.ledger.close();
console.log(JSON.stringify({ ms, changes: result.changes.length, outcome: result.outcome }));
