import { reconcile } from './reconcile.ts';
import type { ReconcileKey, ReconcileOptions, ReconcileResult } from './run.ts';
import type { World } from './world.ts';

export interface PassOptions extends ReconcileOptions {
  /** Told of each pass that has ended. */
  readonly onPass?: (result: ReconcileResult) => Promise<void>;
}

/**
 * Two passes over a project (DESIGN 6.4): the first makes grants and shuts nothing; the second reads everything afresh,
 * plans again, and shuts what may be shut by then. There is no second pass where nothing waits for it, or where somebody
 * said no to the first. The result is that of the last pass, with the changes of both.
 */
export async function fixInPasses(
  key: ReconcileKey,
  world: World,
  options: PassOptions = {},
): Promise<ReconcileResult> {
  const { onPass, ...each } = options;
  let declined = false;
  const first = await reconcile(key, world, {
    ...each,
    shutsNothing: true,
    ...(each.confirm ? { confirm } : {}),
  });
  await onPass?.(first);
  if (declined || first.left.every(({ why }) => why !== 'after-grants')) return first;
  const isFull = first.left.some(({ why }) => why === 'limit-reached');
  const spent = first.changes.filter(({ result }) => result?.outcome === 'applied').length;
  const second = await reconcile({ ...key, runId: `${key.runId}-shut` }, world, {
    ...each,
    // Above the limit removals stop (DESIGN 6.5), also when it was the first pass that reached it.
    spent: isFull ? Number.POSITIVE_INFINITY : spent,
  });
  await onPass?.(second);
  return { ...second, changes: [...first.changes, ...second.changes] };

  async function confirm(...args: Parameters<NonNullable<ReconcileOptions['confirm']>>): Promise<boolean> {
    const isConfirmed = await (each.confirm?.(...args) ?? true);
    declined ||= !isConfirmed;
    return isConfirmed;
  }
}
