import type { Finding } from '../finding.ts';
import type { Ledger } from '../ledger.ts';

/** Who caused each finding that is open in the ledger, where an earlier run found out: by finding id. */
export async function readActors(ledger: Pick<Ledger, 'openFindings'>): Promise<ReadonlyMap<string, string>> {
  const open = await ledger.openFindings();
  return new Map(open.flatMap(({ finding: { id, actor } }) => (actor === undefined ? [] : [[id, actor] as const])));
}

/** Findings with the names of those who caused them, as far as earlier runs found out: by finding id. */
export function withActors(findings: readonly Finding[], actors: ReadonlyMap<string, string>): readonly Finding[] {
  return findings.map((finding) => {
    const actor = finding.actor ?? actors.get(finding.id);
    return actor === undefined ? finding : { ...finding, actor };
  });
}
