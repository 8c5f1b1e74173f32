import type { Finding } from '../../core/finding.ts';
import type { FindingChanges, Ledger } from '../../core/ledger.ts';
import type { Documents } from './documents.ts';
import type { LedgerContext, Transaction } from './store.ts';

type Write = (tx: Transaction) => void;

/** So many writes in one transaction: a project with thousands of findings is saved in parts, each of them whole. */
const writesAtOnce = 400;

interface Saved {
  readonly project: string;
  readonly open: readonly Documents['finding'][];
  readonly findings: readonly Finding[];
  readonly exempt: ReadonlySet<string>;
  readonly at: number;
}

/** Findings that are open, and the stays of those that were. */
export function buildFindings({
  store,
  stamp,
}: LedgerContext): Pick<Ledger, 'saveFindings' | 'openFindings' | 'findingStays' | 'setActor'> {
  return {
    async saveFindings(project, findings, at, exempt = new Set()) {
      const { changes, rest } = await store.transaction(async (tx) => {
        const open = await tx.query('findingsOfProject', { equal: [project] });
        const plan = planSave({ project, open, findings, exempt, at });
        for (const write of plan.writes.slice(0, writesAtOnce)) write(tx);
        return { changes: plan.changes, rest: plan.writes.slice(writesAtOnce) };
      });
      for (let start = 0; start < rest.length; start += writesAtOnce) {
        await store.transaction(async (tx) => {
          for (const write of rest.slice(start, start + writesAtOnce)) write(tx);
        });
      }
      return changes;
    },
    async openFindings(project) {
      return (await open(project)).map((one) => ({ finding: toFinding(one), openedAt: one.openedAt }));
    },
    async findingStays(since, project) {
      const over =
        project === undefined
          ? await store.query('stays', { least: since })
          : await store.query('staysOfProject', { equal: [project], least: since });
      return [...over, ...(await open(project))].sort(byOpening).map((one) => ({
        finding: toFinding(one),
        openedAt: one.openedAt,
        ...('endedAt' in one ? { resolvedAt: one.endedAt } : {}),
        ...('isExempt' in one && one.isExempt ? { isExempt: true } : {}),
      }));
    },
    async setActor(project, findingId, actor) {
      // One that is gone meanwhile needs no actor any more.
      await store.update('finding', nameOf(project, findingId), { actor });
    },
  };

  async function open(project: string | undefined): Promise<readonly Documents['finding'][]> {
    const found =
      project === undefined
        ? await store.query('findings')
        : await store.query('findingsOfProject', { equal: [project] });
    return [...found].sort(byOpening);
  }

  function planSave({ project, open, findings, exempt, at }: Saved): {
    changes: FindingChanges;
    writes: readonly Write[];
  } {
    const current = new Map(findings.map((finding) => [finding.id, finding]));
    const known = new Map(open.map((one) => [one.finding.id, one]));
    const gone = [...open].sort(byOpening).filter(({ finding }) => !current.has(finding.id));
    const writes = gone.map(
      (one): Write =>
        (tx) => {
          const id = nameOf(project, one.finding.id);
          const { openedAt } = one;
          tx.delete('finding', id);
          tx.put('stay', `${id} ${openedAt}`, {
            project,
            openedAt,
            stamp: one.stamp,
            finding: toFinding(one),
            endedAt: at,
            ...(exempt.has(one.finding.id) ? { isExempt: true } : {}),
          });
        },
    );
    for (const finding of current.values()) {
      const before = known.get(finding.id);
      // What is known keeps its opening time, and its actor; its words may have changed.
      if (before && JSON.stringify(before.finding) === JSON.stringify(finding)) continue;
      const { id, actor } = finding;
      const fields = { finding, ...(actor === undefined ? {} : { actor }) };
      const order = stamp();
      writes.push((tx) => {
        if (before) tx.update('finding', nameOf(project, id), fields);
        else tx.put('finding', nameOf(project, id), { project, openedAt: at, stamp: order, ...fields });
      });
    }
    return {
      changes: {
        opened: [...current.values()].filter(({ id }) => !known.has(id)),
        resolved: gone.map(toFinding),
      },
      writes,
    };
  }
}

function nameOf(project: string, findingId: string): string {
  return `${project} ${findingId}`;
}

function byOpening(a: { openedAt: number; stamp: number }, b: { openedAt: number; stamp: number }): number {
  return a.openedAt - b.openedAt || a.stamp - b.stamp;
}

function toFinding({ finding, actor }: { finding: Finding; actor?: string }): Finding {
  return actor === undefined ? finding : { ...finding, actor };
}
