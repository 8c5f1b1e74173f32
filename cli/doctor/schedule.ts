import { ask, find } from './ask.ts';
import { type Check, type DoctorContext, ok, problem, type Verdict } from './check.ts';

const workflows = ['sallyport-sweep', 'sallyport-approval', 'sallyport-compliance-report'] as const;
const jobs = ['sallyport-sweep', 'sallyport-compliance-report'] as const;

/** What runs by the clock, and what waits for answers. */
export const scheduleChecks: readonly Check[] = [
  ...workflows.map((id) => ({
    id: `workflow ${id}`,
    examine: (context: DoctorContext) => examineWorkflow(id, context),
  })),
  ...jobs.map((id) => ({ id: `schedule ${id}`, examine: (context: DoctorContext) => examineJob(id, context) })),
];

async function examineWorkflow(id: string, { clients, ownProject, region }: DoctorContext): Promise<Verdict> {
  const name = `projects/${ownProject}/locations/${region}/workflows/${id}`;
  const { projects } = await clients.workflows();
  const found = await find(() => projects.locations.workflows.get({ name }));
  if (!found) return problem(`${name} is not there`, 'terraform -chdir=infra apply');
  if (found.data.state !== 'ACTIVE') {
    return problem(
      `it is ${found.data.state}`,
      `gcloud workflows describe ${id} --location=${region} --project=${ownProject}`,
    );
  }
  const { projects: running } = await clients.executions();
  const { data } = await ask(() => running.locations.workflows.executions.list({ parent: name, pageSize: 1 }));
  const [last] = data.executions ?? [];
  const execution = last?.name?.split('/').at(-1) ?? '';
  if (last?.state === 'FAILED') {
    return problem(
      `its last execution failed (${last.startTime})`,
      `gcloud workflows executions describe ${execution} --workflow=${id} --location=${region} --project=${ownProject}`,
    );
  }
  return ok(last ? `deployed; last execution ${last.state}, ${last.startTime}` : 'deployed; it has not run yet');
}

async function examineJob(id: string, { clients, ownProject, region }: DoctorContext): Promise<Verdict> {
  const where = `--location=${region} --project=${ownProject}`;
  const { projects } = await clients.scheduler();
  const name = `projects/${ownProject}/locations/${region}/jobs/${id}`;
  const job = (await find(() => projects.locations.jobs.get({ name })))?.data;
  if (!job) return problem(`${name} is not there`, 'terraform -chdir=infra apply');
  if (job.state !== 'ENABLED') return problem(`it is ${job.state}`, `gcloud scheduler jobs resume ${id} ${where}`);
  const code = job.status?.code ?? 0;
  if (code !== 0) {
    return problem(
      `its last attempt failed with code ${code} ${job.status?.message ?? ''}`.trim(),
      `gcloud logging read 'resource.type="cloud_scheduler_job" AND resource.labels.job_id="${id}"' --limit=5 --project=${ownProject}`,
    );
  }
  return ok(`${job.schedule} ${job.timeZone}; ${job.lastAttemptTime ? `last ${job.lastAttemptTime}` : 'not run yet'}`);
}
