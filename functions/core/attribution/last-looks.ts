import type { Run } from '../ledger.ts';

export interface Look {
  /** From when on the log is of interest (ms). */
  readonly since: number;
  /** A run looked then, and did not find what is found now. */
  readonly sawAllWell: boolean;
}

/** The log is asked about this long at most: Google keeps it for 400 days, but looks through all of it to answer. */
const furthestMs = 7 * 24 * 3_600_000;

/** Only a run that looks at everything judges these. */
const thoroughOnly: ReadonlySet<string> = new Set([
  'iap-open-to-all',
  'iap-admits-nobody',
  'push-unauthenticated',
  'push-audience-mismatch',
  'push-caller-not-admitted',
  'regional-audience',
]);

/** When each rule was judged last before now, by the runs that ended well; newest first, as the ledger gives them. */
export function lastLooks(runs: readonly Run[], now: number): { of(rule: string): Look } {
  const good = runs.filter(({ outcome }) => outcome !== 'failed');
  const thorough = good.find(({ reason }) => reason !== 'event' && reason !== 'own-write');
  const earliest = now - furthestMs;
  const lookAt = (run: Run | undefined): Look => {
    if (!run || run.startedAt < earliest) return { since: earliest, sawAllWell: false };
    return { since: run.startedAt, sawAllWell: true };
  };
  const [any, whole] = [lookAt(good[0]), lookAt(thorough)];
  return { of: (rule) => (thoroughOnly.has(rule) ? whole : any) };
}
