import type { Finding } from '../finding.ts';

/** Findings with the names of those who caused them, as far as earlier runs found out: by finding id. */
export function withActors(findings: readonly Finding[], actors: ReadonlyMap<string, string>): readonly Finding[] {
  return findings.map((finding) => {
    const actor = finding.actor ?? actors.get(finding.id);
    return actor === undefined ? finding : { ...finding, actor };
  });
}
