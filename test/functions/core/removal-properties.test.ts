import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { ChangeRequest } from '../../../functions/core/change/change.ts';
import { fixInPasses } from '../../../functions/core/fix-in-passes.ts';
import type { Inventory, Policy } from '../../../functions/core/inventory.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import { AppError } from '../../../functions/errors.ts';
import { arbitraryEstate } from '../../support/arbitrary-estate.ts';
import { arbitraryPolicy } from '../../support/arbitrary-policy.ts';
import { agent, clientId, clientMember } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryOptions, type MemoryWorld } from '../../support/memory-world.ts';

const settings = {
  capabilities: ['grant-invoker', 'revoke-invoker', 'restrict-ingress', 'create-service-identity'],
  limits: { changesPerRun: 1000, changesPerHour: 1000 },
};
const invoking = ['roles/run.invoker', 'roles/run.servicesInvoker', 'roles/run.admin'];

/** By its own words, not by core's: who is served by IAP, and who can get in. */
function isOnPath({ services, backends, negs }: Inventory, resource: string): boolean {
  if (services.get(resource)?.iapEnabled) return true;
  return backends.some(
    ({ iapEnabled, groups }) =>
      iapEnabled &&
      groups.some((group) => {
        const target = negs.get(group);
        return (
          target?.target.kind === 'run' && resource.endsWith(`/${target.region}/services/${target.target.service}`)
        );
      }),
  );
}

function canInvoke({ bindings = [] }: Policy, member: string): boolean {
  return bindings.some(
    ({ role, condition, members = [] }) =>
      !Object.values(condition ?? {}).some(Boolean) &&
      invoking.includes(role) &&
      members.some((one) => one.toLowerCase() === member.toLowerCase()),
  );
}

/** What somebody leaves who takes IAP's agent out, between our read and our write. */
function withoutAgent({ bindings = [], ...rest }: Policy = {}): Policy {
  const kept = bindings.map((one) => ({
    ...one,
    members: (one.members ?? []).filter((member) => member.toLowerCase() !== agent.toLowerCase()),
  }));
  return { ...rest, etag: `${rest.etag}-theirs`, bindings: kept.filter(({ members }) => members.length > 0) };
}

const entries = ({ bindings = [] }: Policy) =>
  bindings
    .flatMap(({ role, condition, members = [] }) => members.map((one) => JSON.stringify([role, one, condition ?? 0])))
    .sort();

async function play(
  estate: Inventory,
  work: (world: MemoryWorld, fix: () => ReturnType<typeof fixInPasses>) => Promise<void>,
  options: Omit<MemoryOptions, 'ledger' | 'settings'> = {},
): Promise<void> {
  let world: MemoryWorld | undefined;
  let runs = 0;
  const ledger = await openSqliteLedger(':memory:', () => world?.time ?? 0);
  try {
    world = buildMemoryWorld(estate, { ledger, settings, ...options });
    const present = world;
    await work(present, () => {
      runs += 1;
      present.time += 1000;
      const key = { project: 'acme-prod', reason: 'manual', runId: `r${runs}` } as const;
      return fixInPasses(key, present, { modes: ['enforce', 'approve'] });
    });
  } finally {
    await ledger.close();
  }
}

const shuts = ({ capability }: ChangeRequest) => capability === 'revoke-invoker' || capability === 'restrict-ingress';

describe('removals, over any estate', () => {
  it('a revoke never leaves a path service without its wanted identities, whatever others do meanwhile', async function () {
    this.timeout(60_000);
    let shut = 0;
    let stopped = 0;
    const sometimes = fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: arbitraryPolicy });
    const steps = fc.array(
      fc.record({
        minutes: fc.constantFrom(0, 1, 6, 11, 60),
        between: sometimes,
        losesAgent: fc.boolean(),
      }),
      { minLength: 2, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(arbitraryEstate, steps, fc.boolean(), async (estate, all, refusesClientId) => {
        let losesAgent = false;
        const names = [...estate.services.keys()];
        await play(
          estate,
          async (world, fix) => {
            for (const step of all) {
              world.time += step.minutes * 60_000;
              if (step.between) world.policies.set(names[0] ?? '', { ...step.between, etag: `between-${world.time}` });
              losesAgent = step.losesAgent;
              const before = world.changes.length;
              await fix().catch((error: unknown) => {
                if (!(error instanceof AppError)) throw error;
                if (error.code === 'grant-before-revoke') stopped += 1;
              });
              losesAgent = false;
              shut += world.changes.slice(before).filter(shuts).length;
            }
          },
          {
            unknownMembers: refusesClientId ? [clientMember] : [],
            beforeWrite(world, change) {
              if (!shuts(change)) return;
              if (losesAgent) world.policies.set(change.resource, withoutAgent(world.policies.get(change.resource)));
            },
            afterWrite(world, change) {
              if (!shuts(change) || !isOnPath(estate, change.resource)) return;
              const now = world.policies.get(change.resource) ?? {};
              assert.ok(canInvoke(now, agent), `${change.capability} left ${change.resource} without the agent`);
            },
          },
        );
      }),
      { numRuns: 150, seed: 1 },
    );
    assert.ok(shut > 20 && stopped > 2, `only ${shut} removals and ${stopped} stopped: nothing is proven`);
  });

  it('an applied plan leaves no fixable finding, and a further run writes nothing', async function () {
    this.timeout(60_000);
    let shut = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryEstate, async (estate) => {
        await play(estate, async (world, fix) => {
          for (let round = 0; round < 3; round += 1) {
            await fix();
            world.time += 11 * 60_000;
          }
          const before = world.changes.length;
          const { left, findings, changes } = await fix();
          assert.deepEqual([changes, world.changes.length], [[], before]);
          shut += world.changes.filter(shuts).length;
          const fixable = findings.filter(({ mode, fix: { actions } }) => mode !== 'observe' && actions.length > 0);
          for (const finding of fixable) {
            const why = left.find((one) => one.finding.id === finding.id)?.why;
            assert.equal(why, 'grant-first', `${finding.rule} on ${finding.resource}`);
            const now = world.policies.get(finding.resource) ?? {};
            const clients = estate.backends.flatMap(({ oauth2ClientId }) => oauth2ClientId ?? []);
            const isIn = canInvoke(now, agent) && (!clients.includes(clientId) || canInvoke(now, clientMember));
            assert.ok(!isIn, `${finding.rule} on ${finding.resource} waits for a grant that is there`);
          }
        });
      }),
      { numRuns: 120, seed: 1 },
    );
    assert.ok(shut > 30, `only ${shut} removals: nothing is proven`);
  });

  it('nothing but what a finding names is lost, and undoing all changes, last first, restores every policy and ingress', async function () {
    this.timeout(60_000);
    let undone = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryEstate, async (estate) => {
        await play(estate, async (world, fix) => {
          for (let round = 0; round < 3; round += 1) {
            await fix();
            world.time += 11 * 60_000;
          }
          for (const [name, before] of estate.policies) {
            const now = entries(world.policies.get(name) ?? {});
            const taken = world.changes.flatMap((change) =>
              change.kind === 'remove' && change.resource === name
                ? change.members.map((one) => JSON.stringify([change.role, one, change.condition ?? 0]))
                : [],
            );
            assert.deepEqual(
              entries(before).filter((entry) => !now.includes(entry)),
              taken.sort(),
            );
          }
          const changes = await world.ledger.changesSince(0);
          for (const { id, result } of changes) {
            if (result?.outcome !== 'applied') continue;
            undone += 1;
            assert.equal((await undoChange(id, `undo-${id}`, world)).result?.outcome, 'applied');
          }
          for (const [name, before] of estate.policies) {
            assert.deepEqual(entries(world.policies.get(name) ?? {}), entries(before));
          }
          for (const [name, { ingress }] of world.services) assert.equal(ingress, estate.services.get(name)?.ingress);
        });
      }),
      { numRuns: 80, seed: 1 },
    );
    assert.ok(undone > 50, `only ${undone} undone: nothing is proven`);
  });
});
