import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { reviewExemptions } from '../../../../functions/core/settings/review-exemptions.ts';
import { inventory, service } from '../../../support/estate.ts';
import { buildMemoryWorld } from '../../../support/memory-world.ts';

const exemption = {
  rule: 'iap-invoker-missing',
  resource: service().name,
  reason: 'moved in January',
  owner: 'ann@acme.example',
  expires: '2027-01-15',
};

function review(over: object, now: string, estate = inventory({}), projects = ['acme-prod']) {
  const settings = parseSettings({ exemptions: [{ ...exemption, ...over }] });
  const at = Date.parse(now);
  const evaluation = evaluate(estate, { settings, now: at });
  const { ending, unused } = reviewExemptions({ exemptions: settings.exemptions, evaluation, projects, now: at });
  return [ending.length, unused.length];
}

describe('a review of exemptions', () => {
  it('names those in use that end within 14 days, and only those', () => {
    assert.deepEqual(review({}, '2026-12-31T23:59:59Z'), [0, 0]);
    assert.deepEqual(review({}, '2027-01-01T00:00:00Z'), [1, 0]);
    assert.deepEqual(review({}, '2027-01-14T23:59:59Z'), [1, 0]);
    assert.deepEqual(review({}, '2027-01-15T00:00:00Z'), [0, 0], 'ended: the finding itself says so');
  });

  it('names those that match nothing any more', () => {
    assert.deepEqual(review({ rule: 'cdn-with-iap' }, '2027-01-10'), [0, 1]);
    assert.deepEqual(review({ subject: 'allUsers' }, '2026-12-01'), [0, 1]);
  });

  it('says nothing of projects that were not looked at, or may not have been all', () => {
    assert.deepEqual(review({ rule: 'cdn-with-iap' }, '2027-01-10', inventory({}), ['other']), [0, 0]);
    for (const resource of ['*', '//run.googleapis.com/projects/acme-*/locations/x/services/y']) {
      assert.deepEqual(review({ rule: 'cdn-with-iap', resource }, '2027-01-10'), [0, 0]);
    }
  });

  it('says nothing of what could not be read or was not evaluated', () => {
    const gap = { resource: 'x', code: 'y', message: 'z' };
    const unread = inventory({ more: { unreadable: [gap] } });
    assert.deepEqual(review({ rule: 'cdn-with-iap' }, '2027-01-10', unread), [0, 0]);
    assert.deepEqual(review({ rule: 'iap-turned-off' }, '2027-01-10'), [0, 0], 'there is no ledger here');
  });

  it('is told once, before the end, and the finding is back after it with a note', async () => {
    const slack = { channel: 'C123' };
    const settings = { exemptions: [exemption], slack, modes: { '*': 'observe' } };
    let time = Date.parse('2027-01-05T00:00:00Z');
    const ledger = await openSqliteLedger(':memory:', () => time);
    const world = buildMemoryWorld(inventory({}), { ledger, settings });
    const run = async (at: string, runId: string) => {
      time = Date.parse(at);
      world.time = time;
      return reconcile({ project: 'acme-prod', reason: 'sweep', runId }, world);
    };
    await run('2027-01-05T00:00:00Z', 'one');
    await run('2027-01-06T00:00:00Z', 'two');
    const notices = await ledger.claimNotices('test', 10, time, 1000);
    assert.deepEqual(
      notices.map(({ id, content }) => [id.replace(/:[0-9a-f]{12}:/, ':HASH:'), content.kind]),
      [['alert:exemption:HASH:2027-01-15', 'alert']],
    );
    const { findings } = await run('2027-01-15T00:00:00Z', 'three');
    assert.deepEqual(
      findings.map(({ note }) => note),
      ['The exemption by ann@acme.example (moved in January) ended on 2027-01-15.'],
    );
    await ledger.close();
  });

  it('leaves in the ledger that a finding which it takes over was not resolved', async () => {
    const ledger = await openSqliteLedger(':memory:');
    const estate = inventory({ policies: [] });
    const observe = { modes: { '*': 'observe' } };
    const world = buildMemoryWorld(estate, { ledger, settings: observe });
    world.time = Date.parse('2026-12-01T00:00:00Z');
    await reconcile({ project: 'acme-prod', reason: 'sweep', runId: 'one' }, world);
    const quiet = buildMemoryWorld(estate, { ledger, settings: { ...observe, exemptions: [exemption] } });
    quiet.time = world.time + 60_000;
    await reconcile({ project: 'acme-prod', reason: 'sweep', runId: 'two' }, quiet);
    const [stay] = await ledger.findingStays(0, 'acme-prod');
    assert.deepEqual([stay?.resolvedAt, stay?.isExempt], [quiet.time, true]);
    assert.deepEqual(
      quiet.lines.map(({ message }) => message).filter((message) => message.startsWith('finding ')),
      ['finding exempt'],
    );
    await ledger.close();
  });
});
