import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Enqueued, TaskBody, TaskQueue } from '../../functions/adapters/task-queue.ts';
import type { Policy } from '../../functions/core/inventory.ts';
import { createAuditEventHandler } from '../../functions/entrypoints/audit-event-handler.ts';
import { createReconcileHandler } from '../../functions/entrypoints/reconcile-handler.ts';
import { AppError } from '../../functions/errors.ts';
import { isStillAhead, nextBucket } from '../../functions/events/task-name.ts';
import { asEventarc, auditEntry } from './audit-entry.ts';
import { backend, inventory, neg, project, service } from './estate.ts';
import { buildMemoryWorld, type MemoryWorld } from './memory-world.ts';

const role = 'roles/run.invoker';
const account = 'sallyport-reconcile@ops.iam.gserviceaccount.com';
export const labRegions = ['europe-west1', 'us-central1', 'asia-northeast1'] as const;
type LabRegion = (typeof labRegions)[number];

/** Something that a person does; each writes an audit entry. */
export type Deed =
  | { readonly kind: 'iap'; readonly on: boolean }
  | { readonly kind: 'region'; readonly region: LabRegion; readonly behind: boolean }
  | { readonly kind: 'deny'; readonly region: LabRegion; readonly denied: boolean }
  | { readonly kind: 'ungrant'; readonly region: LabRegion }
  | { readonly kind: 'foreign'; readonly region: LabRegion; readonly member: string };

/** What delivery does to an event: milliseconds until each copy arrives; none = lost. */
export type Fate = readonly number[];

/** What happens to a write of ours: Google refuses it for the moment, or the process dies right after it. */
export type Mishap = 'refused' | 'died' | undefined;

export interface Lab {
  readonly world: MemoryWorld;
  /** Does it now, and lets the time go on by `pauseMs`, in which events arrive and tasks run. */
  act(deed: Deed, pauseMs: number): Promise<void>;
  /** Lets every event arrive and every task run. */
  settle(): Promise<void>;
  sweep(): Promise<void>;
  /** Whether a service has to be open to IAP as things stand. */
  isWanted(region: LabRegion): boolean;
  /** Unconditional members of run.invoker. */
  invokers(region: LabRegion): readonly string[];
  /** Policies by region, without their etags. */
  end(): Record<string, Policy>;
  close(): Promise<void>;
}

/**
 * A world in memory with the handlers of both functions in it: deeds write audit entries, entries arrive as their fates
 * will have it, tasks run when they are due and come again when they fail. Fates and mishaps are used up one by one; then
 * all goes well.
 */
export async function openLab(fates: readonly Fate[] = [], mishaps: readonly Mishap[] = []): Promise<Lab> {
  const behind = new Set<LabRegion>(labRegions.slice(0, 2));
  const denied = new Set<LabRegion>();
  const iap = { on: false };
  const nameOf = (region: LabRegion) => service(region).name;
  const read = () => {
    const services = labRegions.map((region) =>
      service(region, denied.has(region) ? { labels: { 'sallyport-iap': 'deny' } } : {}),
    );
    const negs = services.map((one) => neg(one));
    const groups = negs.filter(({ region }) => labRegions.some((one) => one === region && behind.has(one)));
    return inventory({ services, negs, backends: [backend(groups, { iapEnabled: iap.on })] });
  };

  const ledger = await openSqliteLedger(':memory:', () => world.time);
  const misfortune = [...mishaps];
  let isDying = false;
  const world: MemoryWorld = buildMemoryWorld(read, {
    ledger,
    settings: { scope: { include: [project.name] }, timing: { bucketSeconds: 30, settleSeconds: 10 } },
    beforeWrite() {
      const mishap = misfortune.shift();
      if (mishap === 'refused') throw new AppError('write-failed', 'Google had too much to do.');
      isDying = mishap === 'died';
    },
    afterWrite({ policies }, { resource }) {
      emit(policyEntry(resource, policies.get(resource)?.etag, account));
      if (isDying) throw new TypeError('the process died');
    },
  });

  /** What is to happen, and when. */
  const agenda: { at: number; run: () => Promise<unknown> }[] = [];
  const fate = [...fates];
  let events = 0;
  let runs = 0;
  const ownProject = { id: 'ops', number: '1' };
  const common = {
    settings: world.settings,
    ownProject,
    projectId: async (name: string) => name,
    deadLetters: undefined,
    clock: world.clock,
    log: world.log,
  };
  const receive = createAuditEventHandler({ ...common, ownPrincipal: account, queue: buildQueue() });
  const handle = createReconcileHandler({ ...common, world, maxAttempts: undefined, newRunId: () => `run-${++runs}` });

  return {
    world,
    async act(deed, pauseMs) {
      emit(apply(deed));
      await runUntil(world.time + pauseMs);
    },
    settle: () => runUntil(Number.POSITIVE_INFINITY),
    async sweep() {
      schedule(world.time, () => runTask({ project: project.name, reason: 'sweep' }, `sweep-${++runs}`, 0));
      await runUntil(Number.POSITIVE_INFINITY);
    },
    isWanted: (region) => iap.on && behind.has(region) && !denied.has(region),
    invokers(region) {
      const bindings = world.policies.get(nameOf(region))?.bindings ?? [];
      return bindings.filter((one) => one.role === role && !one.condition).flatMap(({ members = [] }) => members);
    },
    end() {
      const policies = labRegions.map((region) => [region, world.policies.get(nameOf(region)) ?? {}] as const);
      return Object.fromEntries(policies.map(([region, { etag: _version, ...policy }]) => [region, policy]));
    },
    close: () => ledger.close(),
  };

  function apply(deed: Deed): unknown {
    switch (deed.kind) {
      case 'iap':
        iap.on = deed.on;
        return backendEntry();
      case 'region':
        toggle(behind, deed.region, deed.behind);
        return backendEntry();
      case 'deny':
        toggle(denied, deed.region, deed.denied);
        return auditEntry({
          resource: { type: 'cloud_run_revision', labels: { project_id: project.name, location: deed.region } },
          payload: { resourceName: `namespaces/${project.name}/services/shop` },
        });
      case 'ungrant':
        return setPolicy(deed.region, (bindings) => bindings.filter((one) => one.role !== role || one.condition));
      case 'foreign': {
        const condition = { title: 'office', expression: 'request.time.getHours() < 18' };
        const added = { role, members: [deed.member], condition };
        return setPolicy(deed.region, (bindings) => [...bindings, added]);
      }
    }
  }

  function setPolicy(region: LabRegion, edit: (bindings: NonNullable<Policy['bindings']>) => Policy['bindings']) {
    const name = nameOf(region);
    const before = world.policies.get(name) ?? {};
    const bindings = edit(before.bindings ?? []) ?? [];
    const etag = `theirs-${++events}`;
    world.policies.set(name, { ...before, bindings, etag });
    return policyEntry(name, etag, 'ada@example.com');
  }

  /** An audit entry on its way: each copy arrives when its fate says. */
  function emit(entry: unknown): void {
    const event = asEventarc(entry, `event-${++events}`);
    for (const delay of fate.shift() ?? [0]) schedule(world.time + delay, () => receive(event));
  }

  /** Cloud Tasks: a name is good for one task, whether it has run or not. */
  function buildQueue(): TaskQueue {
    const taken = new Set<string>();
    return {
      async enqueue({ plan: first, body }): Promise<Enqueued> {
        let plan = first;
        while (taken.has(plan.id)) {
          if (!('bucket' in plan) || isStillAhead(plan, world.time)) return { outcome: 'coalesced', task: plan.id };
          plan = nextBucket(plan);
        }
        const { id } = plan;
        taken.add(id);
        schedule(plan.scheduleTime, () => runTask(body, id, 0));
        return { outcome: 'created', task: id };
      },
    };
  }

  async function runTask(body: TaskBody | object, taskName: string, retryCount: number): Promise<void> {
    const { status } = await handle({ body, retryCount, taskName });
    if (status !== 200) schedule(world.time + 10_000, () => runTask(body, taskName, retryCount + 1));
  }

  function schedule(at: number, run: () => Promise<unknown>): void {
    agenda.push({ at, run });
    agenda.sort((a, b) => a.at - b.at);
  }

  async function runUntil(end: number): Promise<void> {
    for (let next = agenda[0]; next && next.at <= end; next = agenda[0]) {
      agenda.shift();
      world.time = Math.max(world.time, next.at);
      await next.run();
    }
    if (Number.isFinite(end)) world.time = Math.max(world.time, end);
  }
}

function toggle<T>(set: Set<T>, value: T, isIn: boolean): void {
  if (isIn) set.add(value);
  else set.delete(value);
}

function backendEntry() {
  const labels = { project_id: project.name, location: 'global', backend_service_id: '1' };
  return auditEntry({
    logName: `projects/${project.name}/logs/cloudaudit.googleapis.com%2Factivity`,
    resource: { type: 'gce_backend_service', labels },
    operation: { id: 'operation-1', producer: 'compute.googleapis.com', last: true },
    payload: {
      serviceName: 'compute.googleapis.com',
      methodName: 'v1.compute.backendServices.patch',
      resourceName: `projects/${project.name}/global/backendServices/shop-backend`,
    },
  });
}

function policyEntry(resource: string, etag: string | undefined, principalEmail: string) {
  const resourceName = resource.replace('//run.googleapis.com/', '');
  const location = /\/locations\/([^/]+)/.exec(resourceName)?.[1];
  return auditEntry({
    resource: { type: 'cloud_run_revision', labels: { project_id: project.name, location } },
    payload: {
      methodName: 'google.cloud.run.v1.Services.SetIamPolicy',
      resourceName,
      authenticationInfo: { principalEmail },
      response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', etag },
    },
  });
}
