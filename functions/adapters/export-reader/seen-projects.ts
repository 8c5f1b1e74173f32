import { isWord } from './json-bytes.ts';

/** What lines have told about one project, by the word (id or number) that asset names spell it with. */
export interface SeenProject {
  readonly spelling: string;
  /** The number; for a project spelled by number, itself. */
  number: string | undefined;
  /** Whether an IAM_POLICY line lies in it. */
  hasPolicyLine: boolean;
}

/** The projects met so far. Looked up once a line, so it can be asked with raw bytes. */
export interface SeenProjects {
  readonly all: () => Iterable<SeenProject>;
  readonly get: (spelling: string) => SeenProject;
  readonly getBytes: (bytes: Uint8Array, start: number, end: number) => SeenProject;
}

interface Known {
  readonly bytes: Uint8Array;
  readonly project: SeenProject;
  readonly next: Known | undefined;
}

export function createSeenProjects(): SeenProjects {
  const bySpelling = new Map<string, SeenProject>();
  const byHash = new Map<number, Known>();

  const get = (spelling: string): SeenProject => {
    const known = bySpelling.get(spelling);
    if (known) return known;
    const added = { spelling, number: /^\d+$/.test(spelling) ? spelling : undefined, hasPolicyLine: false };
    bySpelling.set(spelling, added);
    return added;
  };

  /** Without making a string of the bytes: that alone would cost half of what a skipped line may. */
  const getBytes = (bytes: Uint8Array, start: number, end: number): SeenProject => {
    // A few bytes tell most projects of an estate apart: its ids differ at their ends.
    let hash = end - start;
    for (let at = Math.max(start, end - 5); at < end; at += 1) hash = Math.imul(hash, 31) + (bytes[at] ?? 0);
    hash = Math.imul(hash, 31) + (bytes[start] ?? 0);
    let known = byHash.get(hash);
    for (; known; known = known.next) if (isWord(known.bytes, bytes, start, end)) return known.project;
    const own = Uint8Array.from(bytes.subarray(start, end));
    const project = get(Buffer.from(own).toString('utf8'));
    byHash.set(hash, { bytes: own, project, next: byHash.get(hash) });
    return project;
  };

  return { all: () => bySpelling.values(), get, getBytes };
}
