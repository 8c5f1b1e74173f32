import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { isPolicyEdit } from '../../../../functions/core/change/change.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { Finding } from '../../../../functions/core/finding.ts';
import { type PlanInput, planChanges } from '../../../../functions/core/plan/plan.ts';
import type { RemovalContext } from '../../../../functions/core/plan/removal-waits.ts';
import {
  agent,
  backend,
  clientId,
  clientMember,
  grant,
  inventory,
  neg,
  policy,
  service,
} from '../../../support/estate.ts';

const one = service();
const two = service('us-central1');
const findingsOf = (estate: Parameters<typeof inventory>[0], settings?: unknown): readonly Finding[] =>
  evaluate(inventory(estate), { settings: parseSettings(settings) }).findings;
const both = { services: [one, two], backends: [backend([neg(one), neg(two)], { oauth2ClientId: clientId })] };
const plan = (findings: readonly Finding[], over: Partial<PlanInput> = {}) =>
  planChanges({
    findings,
    modes: ['enforce'],
    paused: false,
    holds: [],
    budget: 25,
    openedAt: new Map(),
    acceptedClientIds: new Set(),
    ...over,
  });
const summary = ({ changes }: ReturnType<typeof plan>) =>
  changes.map(({ change, trial }) => [change.resource, isPolicyEdit(change) ? change.members : change.kind, trial]);

describe('plan', () => {
  it('grants the agent first, alone, and tries a client ID that IAM never took on one service only', () => {
    const planned = plan(findingsOf(both));
    assert.deepEqual(summary(planned), [
      [one.name, [agent], false],
      [two.name, [agent], false],
      [one.name, [clientMember], true],
    ]);
    assert.deepEqual(
      planned.left.map(({ why }) => why),
      ['client-id-on-trial'],
    );
  });

  it('puts agent and client ID into one write once IAM has taken the client ID', () => {
    assert.deepEqual(summary(plan(findingsOf(both), { acceptedClientIds: new Set([clientId]) })), [
      [one.name, [agent, clientMember], false],
      [two.name, [agent, clientMember], false],
    ]);
  });

  it('stops at the limit, oldest finding first, and names the rest', () => {
    const findings = findingsOf({ services: [one, two] });
    const openedAt = new Map(findings.map(({ id, resource }) => [id, resource === two.name ? 1 : 2]));
    const planned = plan(findings, { budget: 1, openedAt });
    assert.deepEqual(summary(planned), [[two.name, [agent], false]]);
    assert.deepEqual(
      planned.left.map(({ finding, why }) => [finding.resource, why]),
      [[one.name, 'limit-reached']],
    );
  });

  const leaves: readonly (readonly [string, readonly Finding[], Partial<PlanInput>, string])[] = [
    [
      'a private service without consent',
      findingsOf({ services: [service('europe-west1', { ingress: 'all', defaultUrlDisabled: true })] }),
      {},
      'needs-approval',
    ],
    [
      'the deny label, even when a person says yes',
      findingsOf({ services: [service('europe-west1', { labels: { 'sallyport-iap': 'deny' } })] }),
      { modes: ['enforce', 'approve'] },
      'observe-only',
    ],
    ['a capability that is off', findingsOf({}, { capabilities: [] }), {}, 'capability-off'],
    ['a pause', findingsOf({}), { paused: true }, 'paused'],
    [
      'a hold',
      findingsOf({}),
      { holds: [{ project: 'acme-prod', resource: one.name, member: agent, until: 1, reason: 'undo' }] },
      'on-hold',
    ],
  ];
  for (const [title, findings, over, why] of leaves) {
    it(`leaves alone: ${title}`, () => {
      const planned = plan(findings, over);
      assert.deepEqual(planned.changes, []);
      assert.deepEqual(
        planned.left.map((left) => left.why),
        [why],
      );
    });
  }

  it('takes what waits for approval when a person has said yes', () => {
    const planned = plan(
      findingsOf({ services: [service('europe-west1', { ingress: 'all', defaultUrlDisabled: true })] }),
      {
        modes: ['enforce', 'approve'],
      },
    );
    assert.deepEqual(summary(planned), [[one.name, [agent], false]]);
  });

  const may = (over: Partial<RemovalContext> = {}): RemovalContext => ({
    now: 1_000_000,
    settleMs: 300_000,
    propagationMs: 600_000,
    isComplete: true,
    needs: new Map([[one.name, [agent]]]),
    grantedSince: new Map([[`${one.name} ${agent}`, 0]]),
    ...over,
  });
  const shut = { capabilities: ['grant-invoker', 'revoke-invoker', 'restrict-ingress'] };
  const publicShop = findingsOf({ policies: [[one, policy(grant(agent, 'allUsers'))]] }, shut);
  const openedAt = new Map(publicShop.map(({ id }) => [id, 0]));
  const approved = { modes: ['enforce', 'approve'] as const, openedAt };

  it('shuts what may be shut, and names who must stay able to invoke', () => {
    const { changes, left } = plan(publicShop, { ...approved, removals: may() });
    assert.deepEqual(left, []);
    assert.deepEqual(
      changes.map(({ change }) => change),
      [
        {
          capability: 'revoke-invoker',
          kind: 'remove',
          resource: one.name,
          role: 'roles/run.invoker',
          members: ['allUsers'],
          requires: [agent],
        },
      ],
    );
  });

  const waits: readonly (readonly [string, Partial<PlanInput>, string, number?])[] = [
    ['until a person has said yes', { modes: ['enforce'], openedAt, removals: may() }, 'needs-approval'],
    ['for the next pass', approved, 'after-grants'],
    ['for a grant', { ...approved, removals: may({ grantedSince: new Map() }) }, 'grant-first'],
    [
      'until the grant is old enough',
      { ...approved, removals: may({ grantedSince: new Map([[`${one.name} ${agent}`, 999_999]]) }) },
      'grant-too-young',
      1_599_999,
    ],
    [
      'until the finding has stood for 300 s',
      { ...approved, openedAt: new Map(), removals: may() },
      'settling',
      1_300_000,
    ],
    ['while something is unreadable', { ...approved, removals: may({ isComplete: false }) }, 'not-all-read'],
  ];
  for (const [title, over, why, until] of waits) {
    it(`waits with what shuts a door ${title}`, () => {
      const { changes, left } = plan(publicShop, over);
      assert.deepEqual(changes, []);
      assert.deepEqual([left[0]?.why, left[0]?.until], [why, until]);
    });
  }

  it('shuts nothing at all above the limit, and grants as far as it goes', () => {
    const three = service('asia-east1');
    const findings = findingsOf(
      { services: [one, two, three], policies: [[one, policy(grant(agent, 'allUsers'))]] },
      shut,
    );
    const over = { ...approved, openedAt: new Map(findings.map(({ id }) => [id, 0])), removals: may() };
    assert.equal(plan(findings, { ...over, budget: 3 }).changes.length, 3);
    const { changes, left } = plan(findings, { ...over, budget: 2 });
    assert.deepEqual(
      changes.map(({ change }) => change.kind),
      ['add', 'add'],
    );
    assert.deepEqual(
      left.map(({ finding, why }) => [finding.rule, why]),
      [['public-invoker', 'limit-reached']],
    );
  });
});
