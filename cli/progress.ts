import { Listr, ListrLogger, ProcessOutput } from 'listr2';

/**
 * Runs long work under a title. On a terminal it shows on stderr that something moves, and what; elsewhere it is silent,
 * so that stdout holds nothing but the answer.
 */
export async function withProgress<T>(title: string, work: (report: (text: string) => void) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return await work(() => undefined);
  const result: { value?: T } = {};
  const onStderr = new ProcessOutput(process.stderr, process.stderr);
  const list = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          result.value = await work((text) => {
            task.output = text;
          });
        },
      },
    ],
    { rendererOptions: { logger: new ListrLogger({ processOutput: onStderr }), clearOutput: true } },
  );
  await list.run();
  return result.value as T;
}

export interface Stretches {
  begin(title: string): void;
  /** The display is gone when it resolves; nothing begun: at once. */
  end(): Promise<void>;
}

/** Progress that somebody else ends: for long work with questions in between. */
export function createStretches(): Stretches {
  let end = async (): Promise<void> => undefined;
  return {
    begin(title) {
      const gate = Promise.withResolvers<void>();
      const shown = withProgress(title, () => gate.promise);
      end = () => {
        gate.resolve();
        return shown;
      };
    },
    end: () => end(),
  };
}
