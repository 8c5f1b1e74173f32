import type { FunctionName } from '../../sandbox/deploy/deploy-sallyport.ts';

/** Listens to the functions' log lines for the end of a run. */
export interface Watch {
  readonly hear: (name: FunctionName, entry: Readonly<Record<string, unknown>>) => void;
  /** From now on a run with this outcome is waited for; a run that ended before does not count. */
  expect(outcome: 'fixed' | 'clean' | 'waiting'): void;
  /** The run that was expected; rejects after 15 s, with the last thing that went wrong. */
  expected(): Promise<{ eventId?: string }>;
}

const patienceMs = 15_000;

export function createWatch(): Watch {
  let awaited: {
    outcome: string;
    resolve: (run: { eventId?: string }) => void;
    promise: Promise<{ eventId?: string }>;
  };
  let trouble = 'no run ended';
  return {
    hear(_name, entry) {
      if (entry['severity'] === 'ERROR' || entry['severity'] === 'WARNING') trouble = describe(entry);
      if (entry['message'] !== 'project reconciled' || entry['outcome'] !== awaited?.outcome) return;
      awaited.resolve(typeof entry['eventId'] === 'string' ? { eventId: entry['eventId'] } : {});
    },
    expect(outcome) {
      trouble = 'no run ended';
      const { promise, resolve } = Promise.withResolvers<{ eventId?: string }>();
      awaited = { outcome, promise, resolve };
    },
    expected() {
      return Promise.race([awaited.promise, giveUp()]);
    },
  };

  function giveUp(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no run ended ${awaited.outcome} within ${patienceMs / 1000} s; last: ${trouble}`)),
        patienceMs,
      );
      timer.unref();
    });
  }
}

function describe({ message, reason, code, error }: Readonly<Record<string, unknown>>): string {
  return [message, code, reason, error && JSON.stringify(error)].filter(Boolean).join(' · ');
}
