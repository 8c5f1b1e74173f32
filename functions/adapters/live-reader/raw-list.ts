import type { Unreadable } from '../../core/inventory.ts';

/** What a list gave, as it came, and the regions it could not look into. */
export interface RawList {
  readonly items: readonly unknown[];
  readonly unreadable: readonly Unreadable[];
  /** Those regions, `global` among them; `*`: the list did not say where. */
  readonly missing: readonly string[];
}

/** The gap that a list reports of one region; undefined = it did not say which. */
export function buildUnreachable(api: 'compute' | 'run', project: string, region: string | undefined): Unreadable {
  const place =
    region === undefined || region === 'global' ? '' : `/${api === 'run' ? 'locations' : 'regions'}/${region}`;
  return {
    resource: `//${api}.googleapis.com/projects/${project}${place}`,
    code: 'region-unreachable',
    message: `${api === 'run' ? 'Cloud Run' : 'Compute'} could not look into ${region ?? 'some regions'}: what is there is not in this answer.`,
  };
}
