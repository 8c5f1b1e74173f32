import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { AppError } from '../functions/errors.ts';

interface StartPlaces {
  readonly port?: number | undefined;
  readonly frontDoorPort?: number | undefined;
  readonly slackPort?: number | undefined;
  readonly log?: string | undefined;
}

/** Says what is in the way before anything starts: a port that is taken, a log file that cannot be written. Throws `bad-usage`. */
export async function checkStart({ port, frontDoorPort, slackPort, log }: StartPlaces): Promise<void> {
  const ports = { '--port': port, '--front-door-port': frontDoorPort, '--slack-port': slackPort };
  const chosen = Object.entries(ports).filter(([, one]) => one);
  for (const [option, one] of chosen) {
    const [first] = chosen.find(([, other]) => other === one) ?? [];
    if (first !== option) throw new AppError('bad-usage', `${first} and ${option} are both ${one}.`);
    await checkPort(option, one);
  }
  checkLogFile(log);
}

async function checkPort(option: string, port = 0): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${cause.code})`;
    throw new AppError('bad-usage', `Port ${port} ${why}.`, {
      hint: `Choose another ${option}, or leave it out: then any free port is taken.`,
      cause,
    });
  });
  await new Promise((resolve) => server.close(resolve));
}

function checkLogFile(file: string | undefined): void {
  if (file === undefined) return;
  try {
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError('bad-usage', `The request log ${file} cannot be written (${code}).`, {
      hint: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
}
