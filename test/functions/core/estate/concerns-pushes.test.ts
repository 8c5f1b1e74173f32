import assert from 'node:assert/strict';
import { concernsPushes } from '../../../../functions/core/estate/concerns-pushes.ts';

describe('events that are about pushes', () => {
  for (const [resource, isSo] of [
    ['//pubsub.googleapis.com/projects/p/subscriptions/s', true],
    ['//compute.googleapis.com/projects/p/global/urlMaps/m', true],
    ['//compute.googleapis.com/projects/p/regions/r/targetHttpsProxies/x', true],
    ['//compute.googleapis.com/projects/p/global/forwardingRules/f', true],
    ['//compute.googleapis.com/projects/p/global/backendServices/b', false],
    ['//run.googleapis.com/projects/p/locations/r/services/s', false],
    ['', false],
  ] as const) {
    it(`${resource || 'nothing'}: ${isSo}`, () => assert.equal(concernsPushes(resource), isSo));
  }
});
