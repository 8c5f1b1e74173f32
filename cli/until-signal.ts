/** Resolves at Ctrl-C or when the process is asked to end; a second signal ends it at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const hear = () => {
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      resolve();
    };
    process.once('SIGINT', hear);
    process.once('SIGTERM', hear);
  });
}
