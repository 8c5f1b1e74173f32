import { fileURLToPath } from 'node:url';
import { buildServiceBody } from '../sandbox/estates/service-body.ts';
import { buildFunctions } from '../scripts/build/build-functions.ts';
import type { BenchService } from './bench-estate.ts';
import { type Calls, countCalls } from './count-calls.ts';
import type { Bench, Figure } from './figure.ts';
import { type BenchCloud, openBenchCloud } from './open-bench-cloud.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Google API calls from an event to rest, counted by the sandbox: both functions, cold caches, tasks and the check of own
 * writes included. Each kind of event is what an administrator's call makes of it.
 */
export const calls: Bench = async ({ onProgress }) => {
  const builtDir = `${root}dist/functions`;
  await buildFunctions({ root, outDir: builtDir });
  onProgress?.('calls: 1, 5 and 20 services');
  // Side by side: counts do not depend on how long something takes.
  const counted = [1, 5, 20].map(async (services) => [
    ...(await countNothingToDo(services, builtDir)),
    ...(await countChanges(services, Math.ceil(services / 2), builtDir)),
  ]);
  return (await Promise.all(counted)).flat();
};

async function countNothingToDo(services: number, builtDir: string): Promise<readonly Figure[]> {
  const cloud = await openBenchCloud({ services, isGranted: () => true, deploy: { builtDir } });
  const [service] = cloud.estate.services;
  try {
    const revision = await countDuring(cloud, () => deployRevision(cloud, service));
    const policy = await countDuring(cloud, () => removeGrant(cloud, service));
    return [
      judge(`new revision, nothing to do, K = ${services}`, revision, 6 + services, 0),
      // The write's own event leads to one more task, and to no read: that is the second of the two calls a change may cost.
      judge(`one service's policy changed, K = ${services}, G = 1`, policy, 6 + services + 2, 1),
    ];
  } finally {
    await cloud.stop();
  }
}

async function countChanges(services: number, missing: number, builtDir: string): Promise<readonly Figure[]> {
  const cloud = await openBenchCloud({ services, isGranted: (position) => position >= missing, deploy: { builtDir } });
  try {
    const { rows } = cloud.sandbox.requestLog;
    const began = rows.length;
    const done = await countDuring(cloud, () => deployRevision(cloud, cloud.estate.services[0]));
    const lastWrite = rows.findLastIndex(({ method }) => method?.endsWith('.setIamPolicy'));
    const after = countCalls(rows.slice(Math.max(began, lastWrite + 1)), [cloud.estate.reconcileAccount]);
    return [
      judge(`grants to make, K = ${services}, G = ${missing}`, done, 6 + services + 2 * missing, missing),
      judge(`own writes, K = ${services}: calls of reconcile after the last one`, after, 0, 0),
    ];
  } finally {
    await cloud.stop();
  }
}

/** From what somebody does until no event and no task is under way. */
async function countDuring({ sandbox, estate, deployment }: BenchCloud, act: () => Promise<void>): Promise<Calls> {
  const began = sandbox.requestLog.rows.length;
  await act();
  await deployment.idle();
  return countCalls(sandbox.requestLog.rows.slice(began), [estate.reconcileAccount, estate.eventsAccount]);
}

function judge(what: string, { all, writes, tasks }: Calls, limit: number, expectedWrites: number): Figure {
  const plural = (count: number) => `${count} write${count === 1 ? '' : 's'}`;
  return {
    what,
    figure: `${all} calls, ${plural(writes)}`,
    target: `<= ${limit} calls, ${plural(expectedWrites)}`,
    ok: all <= limit && writes === expectedWrites,
    note: `counted once; ${tasks} of the calls put a task into the queue`,
  };
}

function deployRevision(cloud: BenchCloud, { service, region, key }: BenchService): Promise<void> {
  const body = buildServiceBody({ service, region, environment: { RELEASE: 'two' } });
  return callAsAdmin(cloud, 'PUT', `/v1/${key}`, body);
}

function removeGrant(cloud: BenchCloud, { key }: BenchService): Promise<void> {
  const before = cloud.sandbox.cloud.policies.get(key);
  const bindings = (before?.bindings ?? []).filter(({ role }) => role !== 'roles/run.invoker');
  return callAsAdmin(cloud, 'POST', `/v1/${key}:setIamPolicy`, { policy: { ...before, bindings } });
}

async function callAsAdmin({ sandbox }: BenchCloud, method: string, path: string, body: unknown): Promise<void> {
  const headers = { authorization: 'Bearer bench-admin', 'content-type': 'application/json' };
  const response = await fetch(`${sandbox.url}${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
}
