import * as z from 'zod';
import type { ProjectList } from '../adapters/project-list.ts';
import type { ReportPlace } from '../adapters/report-bucket.ts';
import { readScope } from '../core/sweep/read-scope.ts';
import type { ProjectReader, World } from '../core/world.ts';
import { AppError, TerminalError } from '../errors.ts';
import { collectReport } from '../reports/compliance/collect-report.ts';
import type { ComplianceReport } from '../reports/compliance/compliance-report.ts';
import { dayText } from '../reports/compliance/count-days.ts';
import { buildReportFiles } from '../reports/compliance/report-files.ts';

export interface ReportDeps {
  readonly world: Pick<World, 'ledger' | 'clock' | 'log' | 'settings'> & { readonly reader: ProjectReader };
  readonly listProjects: ProjectList;
  readonly place: ReportPlace;
  /** Which Sallyport this is. */
  readonly writtenBy: string;
  /** A new id for each try: it names the folder. */
  readonly newReportId: () => string;
  /** Sends what is due; its failure is its own affair. */
  readonly sendDueNotices: () => Promise<void>;
}

export interface ReportReply {
  /** 200; 400: the caller is wrong; 503: it may go better later, the workflow asks again. */
  readonly status: 200 | 400 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

const requestSchema = z.object({ step: z.literal('write') });

const periodMs = 30 * 86_400_000;

/** Writes one compliance report of all projects in scope, and tells where it is. Never throws. */
export function createReportHandler(deps: ReportDeps): (body: unknown) => Promise<ReportReply> {
  return async (body) => {
    if (!requestSchema.safeParse(body).success) {
      deps.world.log.error('report refused', { code: 'bad-request', hint: 'POST JSON {"step": "write"}' });
      return { status: 400, body: { code: 'bad-request' } };
    }
    try {
      return { status: 200, body: await write(deps) };
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unexpected';
      deps.world.log.error('report failed', { code, error });
      return { status: error instanceof TerminalError ? 400 : 503, body: { code } };
    }
  };
}

async function write(deps: ReportDeps): Promise<ReportReply['body']> {
  const { world, listProjects, place, writtenBy } = deps;
  const projects = await listProjects();
  if (projects.length === 0) {
    throw new TerminalError('out-of-scope', 'No project is in scope: there is nothing to report.', {
      hint: 'Look at scope.include and scope.exclude in sallyport.yaml.',
    });
  }
  const { inventory, memory, unreadableProjects } = await readScope(projects, world);
  if (!inventory) {
    throw new AppError(
      'read-failed',
      `None of ${projects.length} projects in scope could be read: there is nothing to report.`,
      {
        hint: 'The sweep names each project with its code.',
      },
    );
  }
  const id = deps.newReportId();
  const report = await collectReport(
    {
      id,
      projects,
      unreadableProjects,
      inventory,
      ...(memory ? { memory } : {}),
      writtenBy,
      periodMs,
      withHistory: true,
    },
    world,
  );
  const day = dayText(report.generatedAt);
  const addresses = await place.put(`${day}/${id}`, buildReportFiles(report));
  const url = addresses.get('report.html') ?? '';
  await tell(report, url, world);
  await deps.sendDueNotices();
  const { summary } = report.scan;
  world.log.info('report written', { reportId: id, url, summary, unreadableProjects: unreadableProjects.length });
  return { reportId: id, url, summary, unreadableProjects: unreadableProjects.length };
}

async function tell(
  { id, generatedAt, scan, unreadableProjects }: ComplianceReport,
  url: string,
  { ledger, settings, clock }: ReportDeps['world'],
): Promise<void> {
  if (!settings.slack) return;
  const { accessPaths, compliantAccessPaths, findings } = scan.summary;
  const gaps = scan.unreadable.length + unreadableProjects.length;
  const content = {
    kind: 'report',
    title: `Compliance report of ${dayText(generatedAt)}`,
    url,
    lines: [
      `${compliantAccessPaths} of ${accessPaths} access paths compliant`,
      `findings: ${findings.critical} critical, ${findings.high} high, ${findings.medium} medium, ${findings.low} low`,
      ...(scan.exempt.length > 0 ? [`${scan.exempt.length} exempt by somebody’s decision`] : []),
      ...(gaps > 0 ? [`${gaps} ${gaps === 1 ? 'thing' : 'things'} could not be read`] : []),
    ],
  } as const;
  await ledger.putNotice({ id: `report:${id}`, project: '', channel: settings.slack.channel, content }, clock.now());
}
