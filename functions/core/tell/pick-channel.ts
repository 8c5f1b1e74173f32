import type { Settings } from '../../config.ts';
import type { Severity } from '../finding.ts';
import { matchesPattern } from '../settings/scope.ts';

/** The Slack channel for a message of this severity about this project: the first route that matches, else the general one; undefined = nobody is told. */
export function pickChannel(
  slack: Settings['slack'],
  { severity, project }: { readonly severity: Severity; readonly project: string },
): string | undefined {
  const route = slack?.routes.find(
    ({ severities, projects }) =>
      (severities?.includes(severity) ?? true) &&
      (projects?.some((pattern) => matchesPattern(project, pattern)) ?? true),
  );
  return route?.channel ?? slack?.channel;
}
