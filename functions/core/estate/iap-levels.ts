import type { Backend, Inventory, RunService } from '../inventory.ts';
import { buildProjectName, parseComputeName } from './resource-name.ts';

/**
 * The levels whose policies say whom IAP lets through to a backend, or to a service with direct IAP: full resource names,
 * its own first, then the compute (or Cloud Run) type, the project's iap_web, the project and what is above it (FACTS 4).
 */
export function iapLevelsOf(
  { projects }: Pick<Inventory, 'projects'>,
  guarded: Backend | RunService,
): readonly string[] {
  const { project } = guarded;
  const web = `//iap.googleapis.com/projects/${project}/iap_web`;
  const type = `${web}/${typeOf(guarded)}`;
  const ancestors = projects.get(project)?.ancestors ?? [];
  return [`${type}/services/${idOf(guarded)}`, type, web, buildProjectName(project), ...ancestors];
}

/** Whether a level is one of IAP's own, below the project. */
export function isIapLevel(level: string): boolean {
  return level.startsWith('//iap.googleapis.com/');
}

function typeOf(guarded: Backend | RunService): string {
  if ('service' in guarded) return `cloud_run-${guarded.region}`;
  return guarded.region === 'global' ? 'compute' : `compute-${guarded.region}`;
}

/** IAP takes a backend by number or by name; audit logs and asset names have the number. */
function idOf(guarded: Backend | RunService): string {
  if ('service' in guarded) return guarded.service;
  return guarded.id ?? parseComputeName(guarded.name)?.id ?? guarded.name;
}
