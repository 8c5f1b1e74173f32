import { createHash } from 'node:crypto';
import { findProject } from '../apis/find-project.ts';
import type { Cloud } from '../cloud.ts';
import type { SchemaOptions } from './source/check-schema.ts';
import { compileWorkflow } from './source/compile-workflow.ts';
import type { WorkflowRecord } from './workflow-store.ts';

export interface WorkflowToDeploy {
  /** `projects/ID/locations/L/workflows/W` */
  readonly name: string;
  /** YAML or JSON. */
  readonly source: string;
  /** E-mail of the account that it runs as; default the project's compute account. */
  readonly serviceAccount?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly callLogLevel?: string;
  readonly schema?: SchemaOptions;
}

/** Puts a workflow into the cloud, or a new revision in the place of the old. Running executions keep theirs. Throws SourceRefused. */
export async function deployWorkflow(cloud: Cloud, given: WorkflowToDeploy): Promise<WorkflowRecord> {
  const program = await compileWorkflow(given.source, given.schema);
  const before = cloud.workflows.workflows.get(given.name);
  const now = cloud.now().toISOString();
  const project = findProject(cloud, given.name.split('/')[1] ?? '');
  const own = {
    source: given.source,
    serviceAccount: given.serviceAccount ?? `${project?.projectNumber ?? '0'}-compute@developer.gserviceaccount.com`,
    userEnvVars: given.env ?? {},
  };
  const isNewRevision = !before || !isSame(before, own);
  const record: WorkflowRecord = {
    name: given.name,
    ...own,
    program,
    labels: given.labels ?? {},
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.callLogLevel === undefined ? {} : { callLogLevel: given.callLogLevel }),
    createTime: before?.createTime ?? now,
    updateTime: now,
    revisionId: isNewRevision ? nextRevision(before?.revisionId, own.source) : before.revisionId,
    revisionCreateTime: isNewRevision ? now : before.revisionCreateTime,
  };
  cloud.workflows.workflows.set(record.name, record);
  return record;
}

function isSame(
  before: WorkflowRecord,
  own: Pick<WorkflowRecord, 'source' | 'serviceAccount' | 'userEnvVars'>,
): boolean {
  const { source, serviceAccount, userEnvVars } = before;
  return JSON.stringify({ source, serviceAccount, userEnvVars }) === JSON.stringify(own);
}

function nextRevision(before: string | undefined, source: string): string {
  const count = Number(before?.split('-')[0] ?? 0) + 1;
  return `${String(count).padStart(6, '0')}-${createHash('sha256').update(source).digest('hex').slice(0, 3)}`;
}
