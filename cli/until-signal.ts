/**
 * Resolves with the exit code at Ctrl-C (130) or when the process is asked to end (143); a second signal ends it at once.
 */
export function untilSignal(): Promise<130 | 143> {
  return new Promise((resolve) => {
    const hear = (signal: NodeJS.Signals) => {
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      resolve(signal === 'SIGINT' ? 130 : 143);
    };
    process.once('SIGINT', hear);
    process.once('SIGTERM', hear);
  });
}
