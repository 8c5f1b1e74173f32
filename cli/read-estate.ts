import { existsSync } from 'node:fs';
import { readExport } from '../functions/adapters/export-reader/read-export.ts';
import { isFirestore } from '../functions/adapters/ledger/open-ledger.ts';
import type { Settings } from '../functions/config.ts';
import { readActors } from '../functions/core/attribution/with-actors.ts';
import { mergeInventories } from '../functions/core/estate/merge-inventories.ts';
import type { Inventory } from '../functions/core/inventory.ts';
import { type Memory, readMemories } from '../functions/core/memory.ts';
import { readProject } from '../functions/core/read-project.ts';
import { TerminalError } from '../functions/errors.ts';
import { assertInScope, openWorld, readSettings } from './open-world.ts';
import { withProgress } from './progress.ts';

/** An estate as a command reads it. */
export interface ReadEstate {
  readonly inventory: Inventory;
  readonly settings: Settings;
  readonly rejected: ReadonlySet<string>;
  /** What the ledger remembers; absent unless runs have looked at every one of the projects before. */
  readonly memory?: Memory;
  /** Who caused what, by finding id, as earlier runs found out. */
  readonly actors: ReadonlyMap<string, string>;
}

export interface EstateOptions {
  readonly export?: readonly string[];
  readonly project?: readonly string[];
  readonly settings?: string;
  readonly ledger: string;
  /** For questions about any URL: see `ReadOptions`. */
  readonly everyDoor?: boolean;
}

/** Reads asset exports (`--export`) or live projects (`--project`); exactly one of the two must be named. */
export async function readEstate(options: EstateOptions): Promise<ReadEstate> {
  const { export: paths = [], project: projects = [] } = options;
  const [first, ...rest] = projects;
  if (paths.length > 0 === projects.length > 0) {
    throw new TerminalError('bad-usage', 'An estate is read either from asset exports or live.', {
      hint: 'Name --export PATH or --project ID, once or more.',
    });
  }
  if (first === undefined) {
    const settings = await readSettings(options.settings);
    const inventory = await readExports(paths, settings);
    assertNotEmpty(inventory, paths);
    return { settings, rejected: new Set(), inventory, actors: new Map() };
  }
  // A scan has nothing to remember: where there is no ledger yet, none is made.
  const hasLedger = isFirestore(options.ledger) || existsSync(options.ledger);
  const world = await openWorld({ ...options, ledger: hasLedger ? options.ledger : ':memory:' });
  try {
    for (const project of projects) assertInScope(project, world.settings);
    const read = (project: string) => readProject(project, world, { everyDoor: options.everyDoor ?? false });
    const inventory = await withProgress(`reading ${projects.join(', ')}`, async () =>
      mergeInventories([await read(first), ...(await Promise.all(rest.map(read)))]),
    );
    const memory = await readMemories(projects, world.ledger, Date.now());
    return {
      inventory,
      settings: world.settings,
      rejected: (await world.ledger.clientIds(Date.now())).rejected,
      ...(memory ? { memory } : {}),
      actors: await readActors(world.ledger),
    };
  } finally {
    await world.ledger.close();
  }
}

/** An export that broke off before its first line must not look like an estate in order. */
function assertNotEmpty({ projects, services, policies, unreadable }: Inventory, paths: readonly string[]): void {
  if (projects.size + services.size + policies.size + unreadable.length > 0) return;
  throw new TerminalError('bad-usage', `There is no asset in ${paths.join(', ')}: nothing can be said of nothing.`, {
    hint: 'Look whether the export has ended, and whether the command before the pipe has failed.',
  });
}

function readExports(paths: readonly string[], { urlMask }: Settings): Promise<Inventory> {
  return withProgress('reading asset exports', (report) =>
    readExport(paths, {
      urlMask,
      onProgress: ({ file, lines, bytes }) =>
        report(`${file}: ${lines.toLocaleString('en')} lines, ${Math.round(bytes / 1e6)} MB`),
    }),
  );
}
