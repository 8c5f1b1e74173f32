import { readFile } from 'node:fs/promises';

/** The most memory that a living process ever held, in MB; NaN where the system has no /proc. */
export async function readPeakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' && process.platform !== 'linux') return '';
    throw cause;
  });
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}
