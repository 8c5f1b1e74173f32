import assert from 'node:assert/strict';
import { eventarcTriggers, sinkFilter } from '../../../functions/events/event-sources.ts';
import { watchedMethods } from '../../../functions/events/watched-methods.ts';

describe('Eventarc triggers', () => {
  it('are at most 12, each once, each in the catalogue', () => {
    const triggers = eventarcTriggers();
    assert.ok(triggers.length <= 12);
    assert.equal(new Set(triggers.map((row) => row.methodName)).size, triggers.length);
    assert.ok(triggers.every((row) => row.eventarc));
  });

  it('cover push subscriptions that are made or changed', () => {
    const methods = eventarcTriggers().map((row) => row.methodName);
    for (const verb of ['CreateSubscription', 'UpdateSubscription']) {
      assert.ok(methods.includes(`google.pubsub.v1.Subscriber.${verb}`), verb);
    }
  });

  it('cover new services, policies and IAP on global and regional backends', () => {
    const methods = new Set(eventarcTriggers().map((row) => row.methodName));
    for (const method of [
      'google.cloud.run.v1.Services.SetIamPolicy',
      'google.cloud.run.v2.Services.SetIamPolicy',
      'google.cloud.run.v1.Services.CreateService',
      'v1.compute.backendServices.patch',
      'v1.compute.regionBackendServices.patch',
    ]) {
      assert.ok(methods.has(method), method);
    }
  });
});

describe("the log sink's filter", () => {
  it('names each watched method under its service, and no other', () => {
    const found = [...sinkFilter().matchAll(/serviceName="([^"]+)" AND protoPayload\.methodName=\(([^)]+)\)/g)].flatMap(
      ([, service, methods = '']) => [...methods.matchAll(/"([^"]+)"/g)].map(([, method]) => `${service} ${method}`),
    );
    const wanted = watchedMethods.map((row) => `${row.serviceName} ${row.methodName}`);
    assert.deepEqual(found.sort(), wanted.sort());
  });

  it('fits into a sink, with balanced brackets', () => {
    const filter = sinkFilter();
    assert.ok(filter.length < 20_000, String(filter.length));
    assert.equal(filter.split('(').length, filter.split(')').length);
  });
});
