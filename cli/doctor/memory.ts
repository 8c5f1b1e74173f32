import { staleMs } from '../../functions/adapters/slack/stale-ms.ts';
import { daysLeft, tellDays } from '../../functions/core/settings/review-exemptions.ts';
import { describeSpan } from '../describe-span.ts';
import { type Check, type DoctorContext, ok, problem, type Verdict } from './check.ts';

/** What the ledger remembers. */
export const memoryChecks: readonly Check[] = [
  { id: 'ledger', examine: async ({ ledger, ledgerName }) => ok(`${await countRuns(ledger)} in ${ledgerName}`) },
  { id: 'last event', examine: examineLastEvent },
  { id: 'last sweep', examine: examineLastSweep },
  { id: 'pause', examine: examinePause },
  { id: 'intents', examine: examineIntents },
  { id: 'messages', examine: examineNotices },
  { id: 'exemptions', examine: examineExemptions },
];

async function countRuns(ledger: DoctorContext['ledger']): Promise<string> {
  const runs = await (await ledger()).runs(1);
  return runs.length === 0 ? 'no run yet' : 'runs are';
}

async function examineLastEvent({ ledger, clock, project }: DoctorContext): Promise<Verdict> {
  const runs = await (await ledger()).runs(200, project);
  const last = runs.find(({ reason }) => reason === 'event' || reason === 'own-write');
  // Nobody may have changed anything: that triggers are there is another line's affair.
  if (!last) return ok(runs.length === 0 ? 'none yet' : `none among the last ${runs.length} runs`);
  const age = `${describeSpan(clock.now() - last.endedAt)} ago`;
  if (last.error === undefined) return ok(`${last.outcome}, ${age}`);
  return problem(`it failed with ${last.error}, ${age}`, `docs/errors.md says what to do about ${last.error}`);
}

/** Sweeps are hourly: two were missed. */
const sweepMs = 2.5 * 3_600_000;

async function examineLastSweep({ ledger, clock, ownProject, region }: DoctorContext): Promise<Verdict> {
  const [last] = await (await ledger()).sweeps(1);
  const fix = `gcloud scheduler jobs run sallyport-sweep --location=${region} --project=${ownProject}`;
  if (!last) return problem('no sweep yet', fix);
  const age = clock.now() - last.endedAt;
  if (age > sweepMs) return problem(`the last one ended ${describeSpan(age)} ago`, fix);
  if (last.projects === 0)
    return problem('no project was in scope: nothing is watched', 'Look at scope in sallyport.yaml');
  const gaps = last.unreadable.map(({ project, code }) => `${project} (${code})`).join(', ');
  if (gaps) return problem(`could not be looked at: ${gaps}`, 'docs/errors.md says what to do about each code');
  const projects = `${last.projects} ${last.projects === 1 ? 'project' : 'projects'}`;
  return ok(`${projects}, ${last.clean} clean, ${describeSpan(age)} ago`);
}

async function examinePause({ ledger, settings }: DoctorContext): Promise<Verdict> {
  const { paused } = await settings();
  if (paused)
    return problem('the settings say paused: true: nothing is written', 'Set paused: false in sallyport.yaml');
  const open = await ledger();
  if (!(await open.isPaused())) return ok('not paused');
  const [last] = await open.pauses(1);
  const who = last ? ` by ${last.who} since ${new Date(last.at).toISOString()}: ${last.why}` : '';
  return problem(`paused${who}: nothing is written`, 'sallyport pause --end --why "…"');
}

/** A lease: a run that is alive is done with an intent, or has renewed it, by then (ms). */
const intentMs = 10 * 60_000;

async function examineIntents({ ledger, project, clock }: DoctorContext): Promise<Verdict> {
  const open = await (await ledger()).openIntents(project);
  const old = open.filter(({ at }) => clock.now() - at > intentMs);
  if (old.length === 0) return ok(open.length === 0 ? 'none is open' : `${open.length} under way`);
  return problem(
    `${old.length} without a result: a run died on the way, and none has closed it since`,
    `sallyport fix --project ${project} --dry-run looks; any run closes them against the live policy`,
  );
}

async function examineNotices({ ledger, settings, clock, ownProject }: DoctorContext): Promise<Verdict> {
  const { slack } = await settings();
  if (!slack) return ok('Slack is not set');
  const open = await ledger();
  const due = await open.dueNotices();
  const next = await open.nextNotice(staleMs);
  const isLate = next !== undefined && clock.now() - next > intentMs;
  if (!isLate) return ok(due === 0 ? 'all are sent' : `${due} on the way`);
  return problem(
    `${due} wait and nobody sends them`,
    `gcloud logging read 'jsonPayload.code="slack-refused" OR jsonPayload.message="messages not sent"' --limit=5 --project=${ownProject}`,
  );
}

const soonDays = 7;

async function examineExemptions({ settings, clock }: DoctorContext): Promise<Verdict> {
  const { exemptions } = await settings();
  const soon = exemptions.filter((one) => daysLeft(one, clock.now()) <= soonDays);
  if (soon.length === 0) return ok(`${exemptions.length}, none ends within ${tellDays(soonDays)}`);
  const words = soon.map((one) => {
    const days = daysLeft(one, clock.now());
    return `${one.rule} of ${one.owner} ${days > 0 ? `ends in ${tellDays(days)}` : `ended ${one.expires}`}`;
  });
  return problem(
    words.join('; '),
    'Renew it with its owner, or take it out of sallyport.yaml: sallyport exempt --list',
  );
}
