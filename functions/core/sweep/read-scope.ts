import { AppError } from '../../errors.ts';
import { mergeInventories } from '../estate/merge-inventories.ts';
import type { Inventory } from '../inventory.ts';
import { type Memory, readMemories } from '../memory.ts';
import { readProject } from '../read-project.ts';
import type { ProjectReader, World } from '../world.ts';

/** All projects of a scope in one inventory, and those that could not be read at all. */
export interface ReadScope {
  /** Absent where no project could be read. */
  readonly inventory?: Inventory;
  /** Absent where the ledger has never seen one of them. */
  readonly memory?: Memory;
  readonly unreadableProjects: readonly { readonly project: string; readonly code: string }[];
}

/** Projects that are read at the same time. */
const atOnce = 8;

/** Reads every project as a sweep does, and changes nothing. One that fails is named and does not stop the others. */
export async function readScope(
  projects: readonly string[],
  world: Pick<World, 'ledger' | 'clock'> & { readonly reader: ProjectReader },
): Promise<ReadScope> {
  const found = new Map<string, Inventory>();
  const unreadable: { project: string; code: string }[] = [];
  const waiting = projects.toReversed();
  await Promise.all(Array.from({ length: atOnce }, work));
  // In the order of the projects, whichever answered first.
  const read = projects.flatMap((project) => found.get(project) ?? []);
  const [first, ...rest] = read;
  const memory = await readMemories([...found.keys()], world.ledger, world.clock.now());
  return {
    ...(first ? { inventory: mergeInventories([first, ...rest]) } : {}),
    ...(memory ? { memory } : {}),
    unreadableProjects: unreadable.toSorted((a, b) => (a.project < b.project ? -1 : 1)),
  };

  async function work(): Promise<void> {
    for (let project = waiting.pop(); project !== undefined; project = waiting.pop()) {
      try {
        found.set(project, await readProject(project, world));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        unreadable.push({ project, code: error.code });
      }
    }
  }
}
