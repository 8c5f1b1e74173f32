import { hashSettings } from '../../config.ts';
import { readActors, withActors } from '../../core/attribution/with-actors.ts';
import { evaluate } from '../../core/evaluate.ts';
import type { Inventory } from '../../core/inventory.ts';
import type { Memory } from '../../core/memory.ts';
import type { World } from '../../core/world.ts';
import { buildReport, type Remembered } from './build-report.ts';
import type { ComplianceReport } from './compliance-report.ts';

export interface ReportRequest {
  readonly id: string;
  readonly projects: readonly string[];
  readonly unreadableProjects: ComplianceReport['unreadableProjects'];
  readonly inventory: Inventory;
  readonly memory?: Memory;
  readonly writtenBy: string;
  /** How far back the ledger is asked (ms). */
  readonly periodMs: number;
  /** False: what the ledger remembers is not of this estate (an asset export). */
  readonly withHistory: boolean;
}

/** The report of an estate that has been read: judged now, with what the ledger remembers of the period. */
export async function collectReport(
  request: ReportRequest,
  { ledger, clock, settings }: Pick<World, 'ledger' | 'clock' | 'settings'>,
): Promise<ComplianceReport> {
  const { inventory, memory, withHistory, periodMs, ...given } = request;
  const now = clock.now();
  const period = { from: now - periodMs, to: now };
  const { rejected } = await ledger.clientIds(now);
  const evaluation = evaluate(inventory, {
    settings,
    rejectedClientIds: rejected,
    now,
    ...(memory ? { memory } : {}),
  });
  const actors = withHistory ? await readActors(ledger) : new Map<string, string>();
  return buildReport({
    ...given,
    generatedAt: now,
    period,
    settingsHash: hashSettings(settings),
    inventory,
    evaluation: { ...evaluation, findings: withActors(evaluation.findings, actors) },
    settings,
    ...(withHistory ? { remembered: await remember() } : {}),
  });

  async function remember(): Promise<Remembered> {
    const isOurs = ({ project }: { readonly project: string }) => request.projects.includes(project);
    const { from } = period;
    return {
      stays: (await ledger.findingStays(from)).filter(({ finding }) => isOurs(finding)),
      changes: (await ledger.changesSince(from)).filter(isOurs),
      approvals: (await ledger.approvals({ since: from })).filter(isOurs),
      sweeps: (await ledger.sweeps(1000)).filter(({ startedAt }) => startedAt >= from),
      pauses: (await ledger.pauses(100)).filter(({ at }) => at >= from),
    };
  }
}
