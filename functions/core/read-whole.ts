import { recentlyMs } from './estate/judged-services.ts';
import type { Inventory } from './inventory.ts';
import { type Memory, readMemory } from './memory.ts';
import type { World } from './world.ts';

/** One project, and what earlier runs have left of it. */
export interface WholeProject {
  readonly inventory: Inventory;
  readonly memory: Memory;
}

/** Reads all that any rule looks at: for sweeps, scans and reports. Single events read less (DESIGN 11). */
export async function readWhole(
  project: string,
  { reader, ledger, clock }: Pick<World, 'reader' | 'ledger' | 'clock'>,
): Promise<WholeProject> {
  const memory = await readMemory(project, ledger, clock.now());
  const inventory = await reader.readProject(project, {
    iapPolicies: true,
    pushPaths: true,
    recentlyOnPath: await ledger.recentlyOnPath(project, clock.now() - recentlyMs),
    hadIapOn: memory.iapSeenOn.map(({ resource }) => resource),
  });
  return { inventory, memory };
}
