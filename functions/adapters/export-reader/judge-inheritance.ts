import type { AccessPath } from '../../core/estate/access-paths.ts';
import { buildProjectName } from '../../core/estate/resource-name.ts';
import type { Inheritance, Policy, RunService } from '../../core/inventory.ts';

/**
 * `full` only if every project, folder and organisation above each service on a path has an IAM_POLICY line (CONTRACT 3).
 * A service whose ancestors no line names is not known to be covered: `partial`.
 */
export function judgeInheritance(
  paths: readonly AccessPath[],
  ancestorsOf: (service: RunService) => readonly string[] | undefined,
  policies: ReadonlyMap<string, Policy>,
): Inheritance {
  const isCovered = ({ service }: AccessPath): boolean => {
    const above = ancestorsOf(service);
    return above !== undefined && [buildProjectName(service.project), ...above].every((level) => policies.has(level));
  };
  return paths.every(isCovered) ? 'full' : 'partial';
}
