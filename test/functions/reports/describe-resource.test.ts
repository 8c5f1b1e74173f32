import assert from 'node:assert/strict';
import { describeResource } from '../../../functions/reports/describe-resource.ts';

describe('a resource, as people read it', () => {
  for (const [resource, words] of [
    ['//run.googleapis.com/projects/p/locations/europe-west1/services/shop', 'shop in europe-west1'],
    ['//compute.googleapis.com/projects/p/global/backendServices/web', 'backend web (global)'],
    ['//compute.googleapis.com/projects/p/regions/us-central1/backendServices/web', 'backend web in us-central1'],
    ['//compute.googleapis.com/projects/p/regions/us-central1/networkEndpointGroups/n', 'NEG n in us-central1'],
    ['//compute.googleapis.com/projects/p/global/urlMaps/m', 'urlMaps m (global)'],
    ['//pubsub.googleapis.com/projects/p/subscriptions/orders', 'subscription orders'],
    ['//cloudresourcemanager.googleapis.com/projects/acme-prod', 'project acme-prod'],
    ['estate.ndjson:17', 'estate.ndjson:17'],
    ['//pubsub.googleapis.com/projects/p/subscriptions/o\u001b[31m', 'subscription o\\x1b[31m'],
  ] as const) {
    it(words, () => assert.equal(describeResource(resource), words));
  }
});
