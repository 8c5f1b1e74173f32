import type { Inventory, Unreadable } from '../../core/inventory.ts';
import { createAssetCollector } from './asset-collector.ts';
import { projectInAssetName } from './asset-name.ts';
import { buildInventory } from './build-inventory.ts';
import { createLineFilter } from './line-filter.ts';
import { listInputs, stdinName } from './list-inputs.ts';
import type { SeenKinds } from './name-verdict.ts';
import { type AssetLine, parseAssetLine } from './parse-asset-line.ts';
import { readFileChunks, readStreamChunks } from './read-chunks.ts';
import { createSeenProjects } from './seen-projects.ts';
import { createLineSplitter } from './split-lines.ts';

export interface ReadExportOptions {
  /** Setting of the same name: it decides which services are on a path, and so what `inheritance` is about. */
  readonly urlMask?: 'observe' | 'labelled';
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Buffer>;
  /** Bytes read at a time; makes no difference to the result. */
  readonly chunkBytes?: number;
  readonly onProgress?: (progress: ExportProgress) => void;
}

export interface ExportProgress {
  readonly file: string;
  /** Lines and bytes (unpacked) of all files so far. */
  readonly lines: number;
  readonly bytes: number;
}

/**
 * Reads asset exports (files, folders, gzip, `-`; FACTS 6 and 13) as one estate, with no credentials. RESOURCE and
 * IAM_POLICY lines may come in any order and in any of the files. Lines that are no assets and files that break off are
 * `unreadable`, the rest is read. Throws `bad-usage` for a path that is not there.
 */
export async function readExport(paths: readonly string[], options: ReadExportOptions = {}): Promise<Inventory> {
  const { urlMask = 'observe', stdin = process.stdin, chunkBytes = 1 << 20, onProgress } = options;
  const files = await listInputs(paths);
  const projects = createSeenProjects();
  const kinds: SeenKinds = { hasSubscription: false, hasIapPolicy: false };
  const canSkip = createLineFilter(projects);
  const collector = createAssetCollector();
  const unreadable: Unreadable[] = [];
  let lines = 0;
  let bytesRead = 0;

  const noteProject = (spelling: string, { policy, ancestors }: AssetLine): void => {
    const project = projects.get(spelling);
    if (policy !== undefined) project.hasPolicyLine = true;
    project.number ??= /^projects\/(\d+)$/.exec(ancestors?.[0] ?? '')?.[1];
  };
  const noteKind = ({ name, deleted, resource, policy }: AssetLine): void => {
    if (deleted) return;
    if (policy !== undefined && name.startsWith('//iap.googleapis.com/')) kinds.hasIapPolicy = true;
    if (resource && name.startsWith('//pubsub.googleapis.com/')) kinds.hasSubscription = true;
  };

  for (const file of files) {
    const splitter = createLineSplitter((bytes, lineStart, lineEnd, line, isOpen) => {
      lines += 1;
      const start = trimStart(bytes, lineStart, lineEnd, line);
      const end = trimEnd(bytes, start, lineEnd);
      // Of a file that was cut off, this line is the only sign: it is parsed in any case.
      if (start === end || (!isOpen && canSkip(bytes, start, end))) return;
      const asset = parseAssetLine(bytes.toString('utf8', start, end));
      if (!asset) {
        unreadable.push({ resource: `${file}:${line}`, code: 'malformed-line', message: malformed });
        return;
      }
      const kept = collector.add(asset, lines);
      if (kept?.kind === 'iap' || kept?.kind === 'subscription') noteKind(asset);
      const project = kept ? kept.project : projectInAssetName(asset.name);
      if (project !== undefined) noteProject(project, asset);
    });
    try {
      const chunks = file === stdinName ? readStreamChunks(stdin, chunkBytes) : readFileChunks(file, chunkBytes);
      for await (const chunk of chunks) {
        splitter.write(chunk);
        bytesRead += chunk.length;
        onProgress?.({ file, lines, bytes: bytesRead });
      }
      splitter.end();
    } catch (error) {
      unreadable.push({ resource: file, code: 'file-not-readable', message: buildBrokenFile(error) });
    }
  }
  return buildInventory({ files, assets: collector.assets, projects, kinds, unreadable }, urlMask);
}

const malformed =
  'The line is not a JSON object with a text in `name`, as `gcloud asset export` writes them; what it says is lost.';

function buildBrokenFile(error: unknown): string {
  return `Reading broke off, and what comes behind is lost: ${error instanceof Error ? error.message : String(error)}`;
}

/** The first byte that counts: behind white space, and behind the byte order mark of a file. */
function trimStart(bytes: Buffer, start: number, end: number, line: number): number {
  let at = start;
  if (line === 1 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  while (at < end && isSpace(bytes[at])) at += 1;
  return at;
}

function trimEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1])) at -= 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 13;
}
