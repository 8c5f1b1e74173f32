import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { Inventory } from '../../../../functions/core/inventory.ts';
import type { SeenGrant } from '../../../../functions/core/ledger.ts';
import { buildRemovalContext, findRemovalWait } from '../../../../functions/core/plan/removal-waits.ts';
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

const now = 1_800_000_000_000;
const minute = 60_000;
const shop = service();
const alone = service('us-central1', { service: 'alone' });
const seen = (minutes: number, member = agent): SeenGrant => ({
  resource: shop.name,
  member,
  since: now - minutes * minute,
});
const granted = inventory({ policies: [[shop, policy(grant(agent, 'allUsers'))]] });

function waitOf(
  estate: Inventory,
  { known = [], openFor, resource = shop.name }: { known?: readonly SeenGrant[]; openFor?: number; resource?: string },
  rejected: ReadonlySet<string> = new Set(),
) {
  const settings = parseSettings(undefined);
  const evaluation = evaluate(estate, { settings, rejectedClientIds: rejected });
  const context = buildRemovalContext({ evaluation, inventory: estate, seen: known, settings, now });
  const openedAt = openFor === undefined ? undefined : now - openFor * minute;
  return findRemovalWait({ resource, openedAt }, context);
}

describe('before anything is shut', () => {
  it('the agent’s grant has been seen for 600 s, and the finding for 300 s', () => {
    assert.equal(waitOf(granted, { known: [seen(10)], openFor: 5 }), undefined);
  });

  it('a grant that earlier runs have not seen counts from now, whoever made it', () => {
    const until = now + 10 * minute;
    assert.deepEqual(waitOf(granted, { openFor: 60 }), { why: 'grant-too-young', until });
    assert.deepEqual(waitOf(granted, { known: [seen(60, 'user:ann@acme.example')], openFor: 60 }), {
      why: 'grant-too-young',
      until,
    });
  });

  it('says when the later of the two waits is over', () => {
    assert.deepEqual(waitOf(granted, { known: [seen(9)], openFor: 5 }), {
      why: 'grant-too-young',
      until: now + minute,
    });
    assert.deepEqual(waitOf(granted, { known: [seen(9)], openFor: 1 }), {
      why: 'settling',
      until: now + 4 * minute,
    });
    assert.deepEqual(waitOf(granted, { known: [seen(99)] }), { why: 'settling', until: now + 5 * minute });
  });

  const first: readonly (readonly [string, Inventory, ReadonlySet<string>?])[] = [
    ['nobody but the public holds it', inventory({ policies: [[shop, policy(grant('allUsers'))]] })],
    [
      'the grant is conditional',
      inventory({
        policies: [[shop, policy({ ...grant(agent), condition: { title: 't', expression: 'true' } })]],
      }),
    ],
    [
      'the grant is on the project only: the service’s policy alone cannot show it',
      inventory({ policies: [['//cloudresourcemanager.googleapis.com/projects/acme-prod', policy(grant(agent))]] }),
    ],
    [
      'the client ID that is wanted beside the agent is missing',
      inventory({
        backends: [backend([neg(shop)], { oauth2ClientId: clientId })],
        policies: [[shop, policy(grant(agent))]],
      }),
    ],
    [
      'a second backend of another project brings an agent that holds nothing',
      inventory({
        projects: [
          { name: 'acme-prod', number: '111222333444' },
          { name: 'acme-edge', number: '555' },
        ],
        backends: [
          backend([neg(shop)]),
          backend([neg(shop)], {
            name: '//compute.googleapis.com/projects/acme-edge/global/backendServices/edge',
            project: 'acme-edge',
          }),
        ],
        policies: [[shop, policy(grant(agent))]],
      }),
    ],
  ];
  for (const [title, estate, rejected] of first) {
    it(`a grant comes first: ${title}`, () => {
      assert.deepEqual(waitOf(estate, { known: [seen(60)], openFor: 60 }, rejected), { why: 'grant-first' });
    });
  }

  it('a client ID that IAM refuses is not waited for', () => {
    const estate = inventory({
      backends: [backend([neg(shop)], { oauth2ClientId: clientId })],
      policies: [[shop, policy(grant(agent))]],
    });
    assert.equal(waitOf(estate, { known: [seen(60)], openFor: 60 }, new Set([clientId])), undefined);
    const both = { ...estate, policies: new Map([[shop.name, policy(grant(agent, clientMember))]]) };
    assert.equal(waitOf(both, { known: [seen(60), seen(60, clientMember)], openFor: 60 }), undefined);
  });

  it('nothing is shut while something of the project could not be read, an unknown project number included', () => {
    const gap = { resource: 'asia-east1', code: 'region-unreachable', message: 'Compute did not answer.' };
    const known = { known: [seen(60)], openFor: 60 };
    assert.deepEqual(waitOf({ ...granted, unreadable: [gap] }, known), { why: 'not-all-read' });
    assert.deepEqual(waitOf(inventory({ projects: [{ name: 'acme-prod' }] }), known), { why: 'not-all-read' });
  });

  it('a service that is on no path today needs nobody’s grant', () => {
    const estate = inventory({ services: [shop, alone], negs: [neg(shop)] });
    assert.equal(waitOf(estate, { openFor: 5, resource: alone.name }), undefined);
  });
});
