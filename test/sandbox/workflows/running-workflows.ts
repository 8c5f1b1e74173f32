import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { createIdTokens, type IdTokens } from '../../../sandbox/id-token.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../sandbox/loopback-server.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { createWorkflowRunner, type WorkflowRunner } from '../../../sandbox/workflows/create-workflow-runner.ts';
import { deployWorkflow } from '../../../sandbox/workflows/deploy-workflow.ts';
import { waitByTimer } from '../../../sandbox/workflows/run/wait-by-timer.ts';
import { startExecution } from '../../../sandbox/workflows/start-execution.ts';
import type { ExecutionRecord } from '../../../sandbox/workflows/workflow-store.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  /** Milliseconds before it answers. */
  readonly after?: number;
  /** Breaks the connection instead. */
  readonly breaks?: boolean;
}

/** A sandbox with a runner, and a worker that workflows call. */
export interface WorkflowLab {
  readonly sandbox: Sandbox;
  readonly runner: WorkflowRunner;
  readonly worker: LoopbackServer;
  readonly idTokens: IdTokens;
  readonly seen: SeenRequest[];
  /** What was slept, in seconds of the workflow's clock. */
  readonly slept: number[];
  answer: (request: SeenRequest) => Answer;
  start(source: string, options?: { argument?: unknown; env?: Record<string, string> }): Promise<ExecutionRecord>;
  /** Its result, parsed. Fails where it did not succeed. */
  run(source: string, options?: { argument?: unknown; env?: Record<string, string> }): Promise<unknown>;
  /** The error that it fails with: payload and context. */
  runToError(source: string, options?: { argument?: unknown }): Promise<{ payload: unknown; context: string }>;
  stop(): Promise<void>;
}

export const workflowAccount = 'flows@p1.iam.gserviceaccount.com';
const timeScale = 0.001;

/** Test workflows write `<<n + 1>>` for an expression: it needs no quotes, in YAML or here. */
export function quoteExpressions(source: string): string {
  return source.replaceAll(/<<(.*?)>>/gs, (_, expression: string) => `'\${${expression.replaceAll("'", "''")}}'`);
}

export async function startWorkflowLab(): Promise<WorkflowLab> {
  const idTokens = await createIdTokens();
  const sandbox = await startSandbox();
  sandbox.cloud.projects.set('p1', {
    projectId: 'p1',
    projectNumber: '111',
    displayName: 'p1',
    createTime: '2026-01-01T00:00:00Z',
  });
  sandbox.cloud.policies.set('projects/p1', {
    etag: 'AAAA',
    bindings: [{ role: 'roles/owner', members: ['user:admin@example.com'] }],
  });
  const slept: number[] = [];
  const runner = createWorkflowRunner({
    cloud: sandbox.cloud,
    idTokens,
    requestLog: sandbox.requestLog,
    rootUrl: sandbox.url,
    timeScale,
    wait: (ms, signal) => {
      slept.push(ms / timeScale / 1000);
      return waitByTimer(ms, signal);
    },
  });
  const seen: SeenRequest[] = [];
  const worker = await startLoopbackServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const row = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(row);
      const { status = 200, type = 'application/json', body = '{}', after = 0, breaks = false } = lab.answer(row);
      setTimeout(() => {
        if (breaks) request.socket.destroy();
        else response.writeHead(status, { 'content-type': type }).end(body);
      }, after);
    });
  });
  let count = 0;
  const lab: WorkflowLab = {
    sandbox,
    runner,
    worker,
    idTokens,
    seen,
    slept,
    answer: () => ({}),
    async start(source, { argument, env } = {}) {
      const workflow = await deployWorkflow(sandbox.cloud, {
        name: `projects/p1/locations/us-central1/workflows/w${++count}`,
        source: quoteExpressions(source),
        serviceAccount: workflowAccount,
        env: { WORKER_URL: worker.url, ...env },
      });
      return startExecution(
        sandbox.cloud,
        workflow,
        argument === undefined ? {} : { argument: JSON.stringify(argument) },
      );
    },
    async run(source, options) {
      const execution = await lab.start(source, options);
      await runner.idle();
      assert.equal(execution.state, 'SUCCEEDED', execution.error?.context);
      return JSON.parse(execution.result ?? 'null');
    },
    async runToError(source, options) {
      const execution = await lab.start(source, options);
      await runner.idle();
      assert.equal(execution.state, 'FAILED', execution.result);
      return { payload: JSON.parse(execution.error?.payload ?? 'null'), context: execution.error?.context ?? '' };
    },
    async stop() {
      await runner.stop();
      await worker.stop();
      await sandbox.stop();
    },
  };
  return lab;
}
