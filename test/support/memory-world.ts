import { parseSettings, type Settings } from '../../functions/config.ts';
import type { Inventory, Policy } from '../../functions/core/inventory.ts';
import { addMembers, removeMembers } from '../../functions/core/policy-edit.ts';
import { assertLegalChange } from '../../functions/core/policy-guard.ts';
import type { Ledger, Logger, PolicyChange, World } from '../../functions/core/world.ts';
import { AppError } from '../../functions/errors.ts';

export interface MemoryWorld extends World {
  /** Policies as they are now, by full resource name: tests look at the world afterwards, not at calls. */
  readonly policies: Map<string, Policy>;
  /** Every policy write, in order. */
  readonly writes: PolicyChange[];
  readonly lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[];
  time: number;
}

export interface MemoryOptions {
  readonly ledger: Ledger;
  readonly settings?: unknown;
  /** Members that IAM refuses. */
  readonly unknownMembers?: readonly string[];
  /** Thrown by the next write, once. */
  readonly failNext?: AppError[];
}

/** A world in memory: an inventory whose policies a writer with the real edit and guard changes, and a clock that tests turn. */
export function buildMemoryWorld(start: Inventory | (() => Inventory), options: MemoryOptions): MemoryWorld {
  const read = typeof start === 'function' ? start : () => start;
  const settings: Settings = parseSettings(options.settings);
  const policies = new Map(read().policies);
  const writes: PolicyChange[] = [];
  const lines: MemoryWorld['lines'] = [];
  let etags = 1;

  const world: MemoryWorld = {
    time: 1_800_000_000_000,
    policies,
    writes,
    lines,
    settings,
    ledger: options.ledger,
    clock: { now: () => world.time },
    log: buildLog(),
    reader: {
      async readProject() {
        const at = [...policies.keys()].map((name) => [name, world.time] as const);
        return { ...read(), policies: new Map(policies), policyReadAt: new Map(at) };
      },
      async readPolicy(resource) {
        return { policy: policies.get(resource) ?? {}, readAt: world.time };
      },
    },
    writer: {
      async changePolicy(change) {
        const fault = options.failNext?.shift();
        if (fault) throw fault;
        const before = policies.get(change.resource) ?? {};
        const edit = change.kind === 'add' ? addMembers : removeMembers;
        const next = edit(before, change.role, change.members);
        if (next === before) return { changed: false, before, after: before };
        assertLegalChange(before, next, change, settings.capabilities);
        const refused = change.members.find((member) => options.unknownMembers?.includes(member));
        if (refused) throw new AppError('principal-does-not-exist', `Service account ${refused} does not exist.`);
        writes.push(change);
        etags += 1;
        const after = { ...next, etag: `etag-${etags}` };
        policies.set(change.resource, after);
        return { changed: true, before, after };
      },
    },
  };
  return world;

  function buildLog(): Logger {
    const line =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
        lines.push({ level, message, fields });
      };
    const log: Logger = {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: () => log,
    };
    return log;
  }
}
