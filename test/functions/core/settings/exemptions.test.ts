import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import { agent, inventory, service } from '../../../support/estate.ts';

const exemption = {
  rule: 'iap-invoker-missing',
  resource: service().name,
  reason: 'moved in January',
  owner: 'ann@acme.example',
  expires: '2027-01-15',
};
const run = (over: object, now?: string) =>
  evaluate(inventory({}), {
    settings: parseSettings({ exemptions: [{ ...exemption, ...over }] }),
    ...(now ? { now: Date.parse(now) } : {}),
  });

describe('exemptions', () => {
  it('take a finding out of the findings, and stay visible with reason, owner and expiry', () => {
    const { findings, exempt } = run({}, '2027-01-14T23:59:59Z');
    assert.deepEqual(findings, []);
    assert.deepEqual(
      exempt.map(({ finding, reason, owner, expires }) => [finding.subject, reason, owner, expires]),
      [[agent, exemption.reason, exemption.owner, exemption.expires]],
    );
  });

  it('end on their day, and the finding says so', () => {
    const { findings, exempt } = run({}, '2027-01-15T00:00:00Z');
    assert.deepEqual(exempt, []);
    assert.equal(findings[0]?.note, 'The exemption by ann@acme.example (moved in January) ended on 2027-01-15.');
  });

  it('hold for nothing without a clock, another rule, resource or subject', () => {
    for (const one of [
      run({}),
      run({ rule: 'public-invoker' }, '2026-12-01'),
      run({ resource: '*/other' }, '2026-12-01'),
      run({ subject: 'allUsers' }, '2026-12-01'),
    ]) {
      assert.equal(one.findings.length, 1);
      assert.equal(one.exempt.length, 0);
    }
  });

  it('match resources and subjects by pattern', () => {
    assert.equal(
      run({ resource: '//run.googleapis.com/projects/acme-*', subject: 'serviceAccount:*' }, '2026-12-01').exempt
        .length,
      1,
    );
  });

  for (const missing of ['reason', 'owner', 'expires']) {
    it(`are refused without ${missing}`, () => {
      assert.throws(() => parseSettings({ exemptions: [{ ...exemption, [missing]: undefined }] }), {
        code: 'bad-settings',
      });
    });
  }
});
