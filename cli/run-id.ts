import { randomBytes } from 'node:crypto';

/** A run's unique name: what it is, when, and something random. */
export function buildRunId(kind: string): string {
  return `${kind}-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}
