import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findWatchedMethod, watchedMethods } from '../../../functions/events/watched-methods.ts';
import { sharedData } from '../../support/shared-data.ts';

describe('the list of watched methods', () => {
  it('names every method once', () => {
    const names = watchedMethods.map((row) => `${row.serviceName} ${row.methodName}`);
    assert.equal(new Set(names).size, names.length);
  });

  it("says of each method whether Eventarc's catalogue has it, as the catalogue itself does", function () {
    const path = sharedData('events/catalog-methods.tsv');
    if (!path) return this.skip();
    const catalogue = new Set(readFileSync(path, 'utf8').split('\n'));
    for (const row of watchedMethods) {
      assert.equal(row.eventarc, catalogue.has(`${row.serviceName}\t${row.methodName}`), row.methodName);
    }
  });

  const watched: [string, string][] = [
    ['run.googleapis.com', 'google.cloud.run.v1.Services.CreateService'],
    ['run.googleapis.com', 'google.cloud.run.v1.Services.ReplaceService'],
    ['run.googleapis.com', 'google.cloud.run.v1.Services.DeleteService'],
    ['run.googleapis.com', 'google.cloud.run.v1.Services.SetIamPolicy'],
    ['run.googleapis.com', 'google.cloud.run.v2.Services.CreateService'],
    ['run.googleapis.com', 'google.cloud.run.v2.Services.UpdateService'],
    ['run.googleapis.com', 'google.cloud.run.v2.Services.DeleteService'],
    ['run.googleapis.com', 'google.cloud.run.v2.Services.SetIamPolicy'],
    ['run.googleapis.com', 'google.cloud.serverless.internal.InternalServices.CreateInternalService'],
    ['run.googleapis.com', 'google.cloud.serverless.internal.InternalServices.ReplaceInternalService'],
    ['run.googleapis.com', '/Services.CreateService'],
    ['run.googleapis.com', '/Services.ReplaceService'],
    ['run.googleapis.com', '/InternalServices.ReplaceInternalService'],
    ['iap.googleapis.com', 'google.cloud.iap.v1.IdentityAwareProxyAdminService.SetIamPolicy'],
    ['iap.googleapis.com', 'google.cloud.iap.v1beta1.IdentityAwareProxyAdminV1Beta1.SetIamPolicy'],
    ['iap.googleapis.com', 'google.cloud.iap.v1.IdentityAwareProxyAdminService.UpdateIapSettings'],
    ['cloudresourcemanager.googleapis.com', 'SetIamPolicy'],
    ['cloudresourcemanager.googleapis.com', 'google.cloud.resourcemanager.v3.Projects.SetIamPolicy'],
    ...['v1', 'beta', 'alpha'].flatMap((version): [string, string][] =>
      [
        'backendServices.insert',
        'backendServices.patch',
        'backendServices.update',
        'backendServices.delete',
        'regionBackendServices.insert',
        'regionBackendServices.patch',
        'regionBackendServices.update',
        'regionBackendServices.delete',
        'regionNetworkEndpointGroups.insert',
        'regionNetworkEndpointGroups.delete',
        'urlMaps.patch',
        'regionUrlMaps.patch',
      ].map((method) => ['compute.googleapis.com', `${version}.compute.${method}`]),
    ),
  ];
  for (const [service, method] of watched) {
    it(`has ${method} of ${service}`, () => {
      assert.equal(findWatchedMethod(service, method)?.methodName, method);
    });
  }

  it('has no method that only reads, and none that Compute does not have', () => {
    for (const { methodName } of watchedMethods) assert.doesNotMatch(methodName, /[./](get|list|aggregatedList)/i);
    assert.equal(
      findWatchedMethod('compute.googleapis.com', 'v1.compute.regionNetworkEndpointGroups.patch'),
      undefined,
    );
  });

  it('has everything that makes, changes or ends a push subscription', () => {
    const rows = watchedMethods.filter((row) => row.serviceName === 'pubsub.googleapis.com');
    assert.deepEqual(
      rows.map(({ methodName, kind, longRunning }) => [methodName, kind, longRunning]),
      ['CreateSubscription', 'UpdateSubscription', 'ModifyPushConfig', 'DeleteSubscription'].map((verb) => [
        `google.pubsub.v1.Subscriber.${verb}`,
        'subscription',
        false,
      ]),
    );
  });
});
