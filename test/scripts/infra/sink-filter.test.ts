import assert from 'node:assert/strict';
import { sinkFilter } from '../../../functions/events/event-sources.ts';
import { watchedMethods } from '../../../functions/events/watched-methods.ts';
import { parseSinkFilter } from '../../../scripts/infra/sink-filter.ts';

const logName = 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity';

describe('parseSinkFilter', () => {
  it('lets every watched method through, from each of the three audit logs', () => {
    const passes = parseSinkFilter(sinkFilter());
    for (const { serviceName, methodName } of watchedMethods) {
      for (const log of ['activity', 'system_event', 'data_access']) {
        const entry = { logName: logName.replace('activity', log), protoPayload: { serviceName, methodName } };
        assert.equal(passes(entry), true, `${methodName} in ${log}`);
      }
    }
  });

  it('stops other methods, other services with the same method, other logs and entries without either', () => {
    const passes = parseSinkFilter(sinkFilter());
    const payload = { serviceName: 'run.googleapis.com', methodName: 'google.cloud.run.v1.Services.SetIamPolicy' };
    assert.equal(passes({ logName, protoPayload: payload }), true);
    assert.equal(
      passes({ logName, protoPayload: { ...payload, methodName: 'google.cloud.run.v1.Services.GetService' } }),
      false,
    );
    assert.equal(passes({ logName, protoPayload: { ...payload, serviceName: 'iap.googleapis.com' } }), false);
    assert.equal(passes({ logName: 'projects/acme/logs/run.googleapis.com%2Frequests', protoPayload: payload }), false);
    assert.equal(passes({ logName }), false);
    assert.equal(passes({}), false);
  });

  it('reads AND before OR, and brackets before both', () => {
    const one = 'protoPayload.serviceName="a"';
    const two = 'protoPayload.serviceName="b"';
    const method = 'protoPayload.methodName="m"';
    const entry = { protoPayload: { serviceName: 'a', methodName: 'other' } };
    assert.equal(parseSinkFilter(`${one} OR ${two} AND ${method}`)(entry), true);
    assert.equal(parseSinkFilter(`(${one} OR ${two}) AND ${method}`)(entry), false);
  });

  it('refuses what it does not understand, instead of letting something through', () => {
    for (const filter of [
      'severity>=ERROR',
      'NOT log_id("a")',
      '(log_id("a")',
      'protoPayload.serviceName=("a" AND "b")',
      '',
    ])
      assert.throws(() => parseSinkFilter(filter), /filter/, filter);
  });
});
