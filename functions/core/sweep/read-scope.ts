import { AppError } from '../../errors.ts';
import { mergeInventories } from '../estate/merge-inventories.ts';
import type { Inventory } from '../inventory.ts';
import type { Memory } from '../memory.ts';
import { readWhole, type WholeProject } from '../read-whole.ts';
import type { World } from '../world.ts';

/** All projects of a scope in one inventory, and those that could not be read at all. */
export interface ReadScope {
  /** Absent where no project could be read. */
  readonly inventory?: Inventory;
  readonly memory: Memory;
  readonly unreadableProjects: readonly { readonly project: string; readonly code: string }[];
}

/** Projects that are read at the same time. */
const atOnce = 8;

/** Reads every project as a sweep does, and changes nothing. One that fails is named and does not stop the others. */
export async function readScope(
  projects: readonly string[],
  world: Pick<World, 'reader' | 'ledger' | 'clock'>,
): Promise<ReadScope> {
  const found = new Map<string, WholeProject>();
  const unreadable: { project: string; code: string }[] = [];
  const waiting = projects.toReversed();
  await Promise.all(Array.from({ length: atOnce }, work));
  // In the order of the projects, whichever answered first.
  const read = projects.flatMap((project) => found.get(project) ?? []);
  const [first, ...rest] = read.map(({ inventory }) => inventory);
  return {
    ...(first ? { inventory: mergeInventories([first, ...rest]) } : {}),
    memory: {
      iapSeenOn: read.flatMap(({ memory }) => memory.iapSeenOn),
      changes: read.flatMap(({ memory }) => memory.changes),
    },
    unreadableProjects: unreadable.toSorted((a, b) => (a.project < b.project ? -1 : 1)),
  };

  async function work(): Promise<void> {
    for (let project = waiting.pop(); project !== undefined; project = waiting.pop()) {
      try {
        found.set(project, await readWhole(project, world));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        unreadable.push({ project, code: error.code });
      }
    }
  }
}
