import * as z from 'zod';
import type { ProjectList } from '../adapters/project-list.ts';
import type { Settings } from '../config.ts';
import type { Ledger } from '../core/ledger.ts';
import { planShards } from '../core/sweep/plan-shards.ts';
import { buildSweepDigest, type ShardTotal, sumUp } from '../core/sweep/sum-up.ts';
import type { Clock, Logger } from '../core/world.ts';
import { AppError, TerminalError } from '../errors.ts';

export interface SweepDeps {
  readonly listProjects: ProjectList;
  readonly ledger: Pick<Ledger, 'recordSweep' | 'sweeps' | 'putNotice' | 'prune'>;
  readonly settings: Pick<Settings, 'slack' | 'retentionDays'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** A new id for each sweep. */
  readonly newSweepId: () => string;
  /** Sends what is due; its failure is its own affair. */
  readonly sendDueNotices: () => Promise<void>;
}

export interface SweepReply {
  /** 200; 400: the caller is wrong; 503: it may go better later, the workflow asks again. */
  readonly status: 200 | 400 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

const count = z.int().min(0);
const total = z.object({
  looked: count,
  clean: count,
  findings: count,
  changes: count,
  unreadable: z.array(z.object({ project: z.string().max(1000), code: z.string().max(1000) })),
});
const requestSchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('plan') }),
  z.object({
    step: z.literal('digest'),
    sweepId: z.string().min(1).max(100),
    startedAt: count,
    projects: count,
    totals: z.record(z.string(), total),
  }),
]);

/** The two ends of a sweep: which projects there are, and what the looks at them came to. Never throws. */
export function createSweepHandler(deps: SweepDeps): (body: unknown) => Promise<SweepReply> {
  return async (body) => {
    try {
      const request = parseRequest(body);
      return { status: 200, body: request.step === 'plan' ? await plan(deps) : await digest(request, deps) };
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unexpected';
      deps.log.error('sweep failed', { error });
      return { status: error instanceof TerminalError ? 400 : 503, body: { code } };
    }
  };
}

async function plan({ listProjects, clock, log, newSweepId }: SweepDeps): Promise<SweepReply['body']> {
  const projects = await listProjects();
  const sweepId = newSweepId();
  const shards = planShards(projects);
  // An empty scope is a mistake in the settings far more often than a wish.
  if (projects.length === 0) log.error('no project is in scope', { sweepId, code: 'out-of-scope' });
  log.info('sweep planned', { sweepId, projects: projects.length, shards: shards.length });
  return { sweepId, startedAt: clock.now(), projects: projects.length, shards };
}

type Digest = Extract<z.infer<typeof requestSchema>, { step: 'digest' }>;

async function digest({ sweepId, startedAt, projects, totals }: Digest, deps: SweepDeps): Promise<SweepReply['body']> {
  const { ledger, settings, clock, log } = deps;
  const shards: readonly ShardTotal[] = Object.values(totals);
  const sweep = sumUp({ id: sweepId, startedAt, endedAt: clock.now(), projects }, shards);
  // A try before this one may have recorded it.
  const last = (await ledger.sweeps(2)).find(({ id }) => id !== sweepId);
  await ledger.recordSweep(sweep);
  // Alert policies look for this line (infra/modules/alerts).
  if (sweep.unreadable.length > 0) log.error('sweep could not read everything', { ...sweep, code: 'sweep-incomplete' });
  else log.info('sweep done', { ...sweep });
  const content = buildSweepDigest(sweep, last);
  if (content && settings.slack) {
    const notice = { id: `digest:${sweepId}`, project: '', channel: settings.slack.channel, content };
    await ledger.putNotice(notice, clock.now());
  }
  await deps.sendDueNotices();
  await ledger.prune(settings.retentionDays, clock.now());
  const { clean, findings, changes, unreadable } = sweep;
  return { sweepId, projects, clean, findings, changes, unreadable: unreadable.length };
}

function parseRequest(body: unknown): z.infer<typeof requestSchema> {
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const why = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new TerminalError('bad-request', `The request is no step of a sweep: ${why}`, {
    hint: 'POST JSON {"step": "plan"} or {"step": "digest", …}: workflows/sweep.yaml does.',
  });
}
