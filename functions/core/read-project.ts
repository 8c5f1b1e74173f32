import { recentlyMs } from './estate/judged-services.ts';
import type { Inventory } from './inventory.ts';
import type { SeenIap } from './people.ts';
import type { ProjectReader, World } from './world.ts';

export interface ProjectReadOptions {
  readonly isWide?: boolean;
  readonly everyDoor?: boolean;
  /** What the ledger says, where it was asked already. */
  readonly iapSeenOn?: readonly SeenIap[];
}

/**
 * Reads one project, and with it what the ledger has seen there before. `isWide`: all that any rule looks at, as sweeps,
 * scans and reports do; else what a single event may cost (DESIGN 11). `everyDoor`: also what only questions about URLs need.
 */
export async function readProject(
  project: string,
  { reader, ledger, clock }: Pick<World, 'ledger' | 'clock'> & { readonly reader: ProjectReader },
  { isWide = true, everyDoor = false, iapSeenOn }: ProjectReadOptions = {},
): Promise<Inventory> {
  const [recentlyOnPath, seenIap] = await Promise.all([
    ledger.recentlyOnPath(project, clock.now() - recentlyMs),
    iapSeenOn ?? ledger.iapSeenOn(project),
  ]);
  return await reader.readProject(project, {
    iapPolicies: isWide,
    pushPaths: isWide,
    everyDoor,
    recentlyOnPath,
    hadIapOn: seenIap.map(({ resource }) => resource),
  });
}
