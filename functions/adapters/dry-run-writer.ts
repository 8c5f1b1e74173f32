import type { PolicyWriter } from '../core/world.ts';
import type { PreviewingWriter } from './policy-writer.ts';

/** A writer that reads, edits and passes the guard as the given one does, reports before and after, and writes nothing (DESIGN 6.12). */
export function dryRun(writer: PreviewingWriter): PolicyWriter {
  return { changePolicy: (change) => writer.previewPolicy(change) };
}
