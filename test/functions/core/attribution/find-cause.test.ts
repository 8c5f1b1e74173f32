import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { findCause } from '../../../../functions/core/attribution/find-cause.ts';
import { type LoggedChange, parseLoggedChange } from '../../../../functions/core/attribution/logged-change.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { Finding } from '../../../../functions/core/finding.ts';
import type { Binding, Inventory } from '../../../../functions/core/inventory.ts';
import { agent, backend, grant, inventory, neg, policy, service } from '../../../support/estate.ts';

const shop = service();
const estate = inventory({ backends: [backend([neg(shop)], { id: '42' })] });
const runName = 'projects/acme-prod/locations/europe-west1/services/shop';
const backendPath = 'projects/acme-prod/global/backendServices/shop-backend';
let clock = 0;

interface EntryParts {
  readonly who: string;
  readonly service?: string;
  readonly method: string;
  readonly name: string;
  readonly payload?: object;
  readonly operation?: object;
}

/** An audit entry as Google's REST API gives it; each is later than the one before. */
function entry({
  who,
  service: api = 'run.googleapis.com',
  method,
  name,
  payload,
  operation,
}: EntryParts): LoggedChange {
  clock += 1000;
  const parsed = parseLoggedChange(
    {
      logName: 'projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity',
      resource: { type: 'any', labels: { project_id: 'acme-prod', location: 'europe-west1' } },
      protoPayload: {
        serviceName: api,
        methodName: method,
        resourceName: name,
        authenticationInfo: { principalEmail: who },
        ...payload,
      },
      ...(operation ? { operation } : {}),
    },
    clock,
  );
  assert.ok(parsed, `${method} says nothing`);
  return parsed;
}

const setPolicy = (who: string, ...bindings: readonly Binding[]) =>
  entry({
    who,
    method: 'google.cloud.run.v1.Services.SetIamPolicy',
    name: runName,
    payload: { request: { resource: runName, policy: { bindings } } },
  });
const patch = (who: string, request: object) =>
  entry({
    who,
    service: 'compute.googleapis.com',
    method: 'v1.compute.backendServices.patch',
    name: backendPath,
    payload: { request },
    operation: { id: 'o', first: true },
  });
const deploy = (who: string, annotations: object = {}) =>
  entry({
    who,
    method: 'google.cloud.run.v1.Services.ReplaceService',
    name: 'namespaces/acme-prod/services/shop',
    payload: { request: { service: { kind: 'Service', metadata: { name: 'shop', annotations } } } },
  });
const projectDelta = (who: string, action: string, role = 'roles/run.invoker', member = agent) =>
  entry({
    who,
    service: 'cloudresourcemanager.googleapis.com',
    method: 'SetIamPolicy',
    name: 'projects/acme-prod',
    payload: { serviceData: { policyDelta: { bindingDeltas: [{ action, role, member }] } } },
  });

/** Who caused the first finding of the rule, entries given in the order in which they were written. */
function whoCaused(rule: string, of: Inventory, written: readonly LoggedChange[], isWhole = true): string | undefined {
  const memory = { iapSeenOn: [{ resource: backend([]).name, lastOn: 1 }], changes: [] };
  const { findings } = evaluate(of, { settings: parseSettings({}), memory });
  const finding = findings.find((one: Finding) => one.rule === rule);
  assert.ok(finding, `no finding of ${rule}`);
  return findCause(finding, { changes: written.toReversed(), isWhole }, of)?.actor;
}

describe('the cause of a missing grant', () => {
  const missing = (written: readonly LoggedChange[], isWhole?: boolean) =>
    whoCaused('iap-invoker-missing', estate, written, isWhole);

  it('is who wrote the first policy without it, not who came later', () => {
    assert.equal(
      missing([setPolicy('ann', grant(agent)), setPolicy('bob'), setPolicy('cid', grant('user:x@y.z'))]),
      'bob',
    );
  });

  it('is not who deployed a revision in between', () => {
    assert.equal(missing([setPolicy('ann', grant(agent)), setPolicy('bob'), deploy('cid')]), 'bob');
    assert.equal(missing([deploy('cid')]), undefined);
  });

  it('is who removed it from the project', () => {
    assert.equal(missing([projectDelta('ann', 'ADD'), projectDelta('bob', 'REMOVE'), setPolicy('cid')]), 'bob');
  });

  it('is not who removed another role or another member from the project', () => {
    assert.equal(missing([projectDelta('bob', 'REMOVE', 'roles/viewer')]), undefined);
    assert.equal(missing([projectDelta('bob', 'REMOVE', 'roles/run.invoker', 'user:x@y.z')]), undefined);
  });

  it('is who switched IAP on, where nobody took a grant away', () => {
    assert.equal(missing([patch('ann', { description: 'x' }), patch('bob', { iap: { enabled: true } })]), 'bob');
    assert.equal(missing([patch('bob', { iap: { enabled: true } }), setPolicy('cid', grant('user:x@y.z'))]), 'bob');
  });

  it('is who added the region to the backend, or made its NEG', () => {
    const group = `https://www.googleapis.com/compute/v1/${neg(shop).name.replace('//compute.googleapis.com/', '')}`;
    assert.equal(missing([patch('bob', { backends: [{ group }] })]), 'bob');
    const made = entry({
      who: 'cid',
      service: 'compute.googleapis.com',
      method: 'v1.compute.regionNetworkEndpointGroups.insert',
      name: neg(shop).name.replace('//compute.googleapis.com/', ''),
    });
    assert.equal(missing([made]), 'cid');
  });

  it('is nobody where the log shows nothing of it, or another service only', () => {
    assert.equal(missing([]), undefined);
    const elsewhere = entry({
      who: 'ann',
      method: 'google.cloud.run.v2.Services.SetIamPolicy',
      name: runName.replace('europe-west1', 'us-central1'),
      payload: { request: { policy: {} } },
    });
    assert.equal(missing([elsewhere]), undefined);
  });

  it('is not guessed where only a part of the time was seen', () => {
    assert.equal(missing([setPolicy('bob')], false), undefined);
    assert.equal(missing([setPolicy('ann', grant(agent)), setPolicy('bob')], false), 'bob');
  });
});

describe('the cause of other findings', () => {
  it('public-invoker: who let everybody in first', () => {
    const open = inventory({ policies: [[shop, policy(grant(agent, 'allUsers'))]] });
    const written = [
      setPolicy('ann', grant(agent)),
      setPolicy('bob', grant(agent, 'allUsers')),
      setPolicy('cid', grant(agent, 'allUsers', 'user:x@y.z')),
    ];
    assert.equal(whoCaused('public-invoker', open, written), 'bob');
  });

  it('run-url-bypass: who opened the ingress, not who deployed after that', () => {
    const open = inventory({ services: [service('europe-west1', { ingress: 'all' })] });
    const shut = { 'run.googleapis.com/ingress': 'internal-and-cloud-load-balancing' };
    const all = { 'run.googleapis.com/ingress': 'all' };
    assert.equal(
      whoCaused('run-url-bypass', open, [deploy('ann', shut), deploy('bob', all), deploy('cid', all)]),
      'bob',
    );
  });

  it('iap-turned-off: who turned it off, not who patched something else', () => {
    const off = inventory({ backends: [backend([neg(shop)], { iapEnabled: false })] });
    const written = [
      patch('ann', { iap: { enabled: true } }),
      patch('bob', { iap: { enabled: false } }),
      patch('cid', {}),
    ];
    assert.equal(whoCaused('iap-turned-off', off, written), 'bob');
  });

  it('cdn-with-iap: who turned the CDN on', () => {
    const cdn = inventory({ backends: [backend([neg(shop)], { enableCdn: true })] });
    assert.equal(whoCaused('cdn-with-iap', cdn, [patch('ann', { enableCDN: true }), patch('bob', {})]), 'ann');
  });

  it('dangling-neg: who deleted the service', () => {
    const gone = inventory({
      services: [],
      negs: [neg(shop)],
      backends: [backend([neg(shop)])],
      more: { lists: new Map([['acme-prod', { backends: [], negs: [], services: [] }]]) },
    });
    const deleted = entry({
      who: 'bob',
      method: 'google.cloud.run.v1.Services.DeleteService',
      name: 'namespaces/acme-prod/services/shop',
    });
    assert.equal(whoCaused('dangling-neg', gone, [deploy('ann'), deleted]), 'bob');
  });

  it('iap-open-to-all: who let everybody through IAP, by the number of the backend', () => {
    const accessors = { bindings: [{ role: 'roles/iap.httpsResourceAccessor', members: ['allUsers'] }] };
    const open = inventory({
      backends: [backend([neg(shop)], { id: '42' })],
      more: { iapPolicies: new Map([[backend([]).name, [accessors]]]) },
    });
    const setIap = (who: string, id: string) =>
      entry({
        who,
        service: 'iap.googleapis.com',
        method: 'google.cloud.iap.v1.IdentityAwareProxyAdminService.SetIamPolicy',
        name: `projects/111222333444/iap_web/compute/services/${id}`,
        payload: { request: { policy: accessors } },
      });
    assert.equal(whoCaused('iap-open-to-all', open, [setIap('bob', '42'), setIap('ann', '43')]), 'bob');
  });
});

describe('entries of the audit log', () => {
  it('say nothing when the call failed, when nobody did it, or when nobody watches the method', () => {
    const base = {
      logName: 'projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity',
      resource: { labels: { project_id: 'acme-prod', location: 'europe-west1' } },
    };
    const payload = {
      serviceName: 'run.googleapis.com',
      methodName: 'google.cloud.run.v1.Services.SetIamPolicy',
      resourceName: runName,
      authenticationInfo: { principalEmail: 'ann' },
    };
    assert.ok(parseLoggedChange({ ...base, protoPayload: payload }, 1));
    for (const bad of [
      { ...payload, status: { code: 7 } },
      { ...payload, authenticationInfo: {} },
      { ...payload, methodName: 'google.cloud.run.v1.Services.GetService' },
      { ...payload, methodName: 5 },
      undefined,
    ]) {
      assert.equal(parseLoggedChange({ ...base, protoPayload: bad }, 1), undefined);
    }
    for (const entry of [undefined, null, 'x', [], {}]) assert.equal(parseLoggedChange(entry, 1), undefined);
  });
});
