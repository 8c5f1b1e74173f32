import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf } from '../../functions/events/keys-of.ts';
import { parseSinkFilter } from './sink-filter.ts';

export interface SamplesChecked {
  readonly passed: number;
  readonly stopped: number;
  readonly problems: readonly string[];
}

/**
 * Puts every saved audit-log entry through the sink's filter: it must pass if the event table knows its method (whatever
 * comes of it then), and must not if the table says that nobody watches it.
 */
export function checkSamples(folder: string, filter: string): SamplesChecked {
  const passes = parseSinkFilter(filter);
  const problems: string[] = [];
  let passed = 0;
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  for (const file of files) {
    const entry = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const decision = keysOf(entry);
    // An entry that is no entry says nothing about the filter.
    const isWatched = decision.kind !== 'unusable' && decision.why !== 'nobody watches this method';
    const doesPass = passes(entry);
    if (doesPass) passed += 1;
    if (decision.kind !== 'unusable' && doesPass !== isWatched)
      problems.push(
        `${file}: ${doesPass ? 'passes' : 'does not pass'} the filter, and the table says: ${decision.why}`,
      );
  }
  if (files.length === 0) problems.push(`${folder} has no saved entries`);
  return { passed, stopped: files.length - passed, problems };
}
