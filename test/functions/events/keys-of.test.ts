import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Decision, keysOf } from '../../../functions/events/keys-of.ts';
import {
  asEventarc,
  asPubsubBody,
  asPubsubEvent,
  auditEntry,
  ownAccount,
  policyEntry,
} from '../../support/audit-entry.ts';

const service = '//run.googleapis.com/projects/shop-prod/locations/europe-west1/services/web';

function expect<K extends Decision['kind']>(kind: K, decision: Decision): Extract<Decision, { kind: K }> {
  assert.equal(decision.kind, kind, JSON.stringify(decision));
  return decision as Extract<Decision, { kind: K }>;
}

describe('an audit event starts a reconcile', () => {
  it('with project, full resource name, method and actor', () => {
    const decision = expect('reconcile', keysOf(asEventarc(auditEntry())));
    assert.equal(decision.project, 'shop-prod');
    assert.equal(decision.resource, service);
    assert.equal(decision.method, 'google.cloud.run.v1.Services.ReplaceService');
    assert.equal(decision.actor, 'ada@example.com');
    assert.equal(decision.eventId, 'event-1');
  });

  it('by whatever door it comes: Eventarc, a topic, a push, a bare entry', () => {
    for (const event of [asEventarc, asPubsubEvent, asPubsubBody, (entry: unknown) => entry]) {
      assert.equal(expect('reconcile', keysOf(event(auditEntry()))).resource, service);
    }
  });

  it('for both spellings of a Run resource, also where the label for the service is empty', () => {
    assert.equal(expect('reconcile', keysOf(policyEntry('bob@example.com'))).resource, service);
    const v2 = auditEntry({
      payload: { methodName: 'google.cloud.run.v2.Services.SetIamPolicy' },
      resource: {
        type: 'cloud_run_revision',
        labels: { project_id: 'shop-prod', service_name: '', location: 'europe-west1' },
      },
    });
    assert.equal(expect('reconcile', keysOf(v2)).resource, service);
  });

  it('with nobody as actor for what Google writes itself', () => {
    const ready = auditEntry({
      payload: { methodName: '/Services.CreateService', authenticationInfo: undefined, status: { message: 'Ready' } },
    });
    assert.equal('actor' in expect('reconcile', keysOf(ready)), false);
  });

  it('with the subject as actor where there is no e-mail', () => {
    const info = { principalSubject: 'principal://iam.googleapis.com/locations/global/workforcePools/p/subject/s' };
    const decision = keysOf(auditEntry({ payload: { authenticationInfo: info } }));
    assert.equal(expect('reconcile', decision).actor, info.principalSubject);
  });

  const compute = { serviceName: 'compute.googleapis.com', methodName: 'v1.compute.backendServices.patch' };
  const backend = { ...compute, resourceName: 'projects/shop-prod/global/backendServices/web' };

  it('at the last entry of an operation, not at the first; at an entry that is both', () => {
    const of = (operation: object) => keysOf(auditEntry({ payload: backend, operation: { id: 'o', ...operation } }));
    assert.match(expect('ignored', of({ first: true })).why, /last entry follows/);
    assert.match(expect('ignored', of({ first: true, last: false })).why, /last entry follows/);
    expect('reconcile', of({ last: true }));
    expect('reconcile', of({ first: true, last: true }));
    expect('reconcile', of({}));
  });

  it('at a first entry of a method that is not known to write a last one', () => {
    expect('reconcile', keysOf(auditEntry({ operation: { id: 'o', first: true } })));
  });

  describe('in the project', () => {
    const projectOf = (entry: object) => keysOf(auditEntry({ payload: backend, ...entry })).project;
    it('of the label', () => {
      assert.equal(projectOf({ resource: { type: 'x', labels: { project_id: 'shop-dev' } } }), 'shop-dev');
    });
    it("of the log's name, where the label is absent, empty or a number", () => {
      for (const labels of [undefined, {}, { project_id: '' }, { project_id: '123456789012' }]) {
        assert.equal(projectOf({ resource: { type: 'x', labels } }), 'shop-prod');
      }
    });
    it('of the resource name, where nothing else says it', () => {
      assert.equal(projectOf({ resource: undefined, logName: undefined }), 'shop-prod');
      const namespaced = auditEntry({ resource: { labels: { location: 'r' } }, logName: undefined });
      assert.equal(keysOf(namespaced).project, 'shop-prod');
    });
    it('as a number, where there is nothing but a number', () => {
      const entry = { resource: { labels: { project_id: '123456789012' } }, logName: 'projects/123456789012/logs/x' };
      assert.equal(projectOf({ ...entry, payload: { ...backend, resourceName: undefined } }), '123456789012');
    });
    it('never in a text that is no project', () => {
      const label = { resource: { labels: { project_id: '../../etc' } }, logName: 'projects/A b/logs/x' };
      const decision = keysOf(auditEntry({ ...label, payload: { ...backend, resourceName: 'projects/$' + '{p}/x' } }));
      assert.equal(expect('unusable', decision).code, 'event-unusable');
    });
  });
});

describe('an audit event starts nothing', () => {
  const project = { serviceName: 'cloudresourcemanager.googleapis.com', methodName: 'SetIamPolicy' };
  const cases: [string, object, RegExp][] = [
    ['when the call failed', auditEntry({ payload: { status: { code: 7, message: 'denied' } } }), /failed with code 7/],
    [
      'when the code of a failure is a text',
      auditEntry({ payload: { status: { code: '10' } } }),
      /failed with code 10/,
    ],
    [
      'when it is a read',
      auditEntry({ payload: { methodName: 'google.cloud.run.v1.Services.GetService' } }),
      /nobody watches/,
    ],
    [
      'when it is another service',
      auditEntry({ payload: { serviceName: 'bigquery.googleapis.com' } }),
      /nobody watches/,
    ],
    [
      'when a watched method name comes from another service',
      auditEntry({ payload: { serviceName: 'iap.googleapis.com' } }),
      /nobody watches/,
    ],
    [
      'when it is about a folder',
      auditEntry({
        payload: { ...project, resourceName: 'folders/123' },
        logName: 'folders/123/logs/cloudaudit.googleapis.com%2Factivity',
        resource: { type: 'folder', labels: { folder_id: '123' } },
      }),
      /folders\/123 touches many projects: the sweep/,
    ],
    [
      'when it is about an organisation',
      auditEntry({
        payload: { ...project, resourceName: 'organizations/9' },
        logName: 'organizations/9/logs/x',
        resource: {},
      }),
      /organizations\/9/,
    ],
  ];
  for (const [when, entry, why] of cases) {
    it(when, () => assert.match(expect('ignored', keysOf(asEventarc(entry))).why, why));
  }
});

describe('a policy written by our own account', () => {
  const options = { ownPrincipal: ownAccount };

  it('is checked against the ledger by resource and etag, and reconciles nothing', () => {
    const decision = expect('own-write', keysOf(policyEntry(), options));
    assert.equal(decision.resource, service);
    assert.equal(decision.etag, 'BwYQYvUoBxs=');
    assert.equal(decision.project, 'shop-prod');
    const v2 = {
      methodName: 'google.cloud.run.v2.Services.SetIamPolicy',
      resourceName: 'namespaces/shop-prod/services/web',
    };
    assert.equal(expect('own-write', keysOf(policyEntry(ownAccount, v2), options)).resource, service);
  });

  it('is recognised by its subject where the e-mail is absent', () => {
    const authenticationInfo = { principalSubject: `serviceAccount:${ownAccount}` };
    expect('own-write', keysOf(policyEntry(ownAccount, { authenticationInfo }), options));
  });

  it('is recognised whichever of our functions wrote it', () => {
    const several = { ownPrincipal: `revoke@ops.example, ${ownAccount},` };
    expect('own-write', keysOf(policyEntry(), several));
    expect('own-write', keysOf(policyEntry('revoke@ops.example'), several));
    expect('reconcile', keysOf(policyEntry('ada@example.com'), several));
    expect('reconcile', keysOf(policyEntry(''), { ownPrincipal: ',' }));
  });

  it('reconciles where the answer has no etag to check', () => {
    for (const response of [undefined, null, {}, { etag: '' }, { etag: 7 }]) {
      expect('reconcile', keysOf(policyEntry(ownAccount, { response }), options));
    }
  });

  it('is anything but that when it is no policy of a service, failed, or is somebody else', () => {
    const replaced = auditEntry({
      payload: { authenticationInfo: { principalEmail: ownAccount }, response: { etag: 'x' } },
    });
    expect('reconcile', keysOf(replaced, options));
    expect('ignored', keysOf(policyEntry(ownAccount, { status: { code: 10 } }), options));
    expect('reconcile', keysOf(policyEntry('ada@example.com'), options));
    expect('reconcile', keysOf(policyEntry(`x${ownAccount}`), options));
    expect('reconcile', keysOf(policyEntry(''), { ownPrincipal: '' }));
    expect('reconcile', keysOf(policyEntry()));
  });
});

describe('garbage is unusable, with a code, and never a throw', () => {
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  const cases: [string, unknown, string][] = [
    ['nothing', undefined, 'event-unusable'],
    ['null', null, 'event-unusable'],
    ['an empty object', {}, 'event-unusable'],
    ['a text', 'hello', 'event-unusable'],
    ['a number', 7, 'event-unusable'],
    ['an array', [auditEntry()], 'event-unusable'],
    [
      'an event of another type',
      { ...asEventarc(auditEntry()), type: 'google.cloud.storage.object.v1.finalized' },
      'event-unusable',
    ],
    ['an event whose type is a number', { ...asEventarc(auditEntry()), type: 7 }, 'event-unusable'],
    ['an event without data', asEventarc(undefined), 'event-unusable'],
    ['an event with an empty body', asEventarc(''), 'event-unusable'],
    ['an event whose data is an array', asEventarc([auditEntry()]), 'event-unusable'],
    ['an entry without payload', asEventarc({ insertId: 'x', logName: 'projects/p-1234/logs/x' }), 'event-unusable'],
    ['an entry with another payload', asEventarc({ jsonPayload: { a: 1 } }), 'event-unusable'],
    ['a payload that is a text', { protoPayload: 'x' }, 'event-unusable'],
    ['a payload that is null', { protoPayload: null }, 'event-unusable'],
    ['a method that is a number', auditEntry({ payload: { methodName: 7 } }), 'event-unusable'],
    ['a method that is empty', auditEntry({ payload: { methodName: '' } }), 'event-unusable'],
    ['no service', auditEntry({ payload: { serviceName: undefined } }), 'event-unusable'],
    ['a resource name that is an object', auditEntry({ payload: { resourceName: {} } }), 'event-unusable'],
    ['a status that is a text', auditEntry({ payload: { status: 'OK' } }), 'event-unusable'],
    ['an operation that is an array', auditEntry({ operation: [] }), 'event-unusable'],
    ['labels that are an array', auditEntry({ resource: { labels: ['x'] } }), 'event-unusable'],
    ['a log name that is a number', auditEntry({ logName: 7 }), 'event-unusable'],
    ['base64 of what is not JSON', { message: { data: Buffer.from('plain').toString('base64') } }, 'event-unusable'],
    ['what is not base64', { message: { data: '%%%' } }, 'event-unusable'],
    ['a message without data', { message: { attributes: {} }, subscription: 's' }, 'event-unusable'],
    ['a message that is null', { message: null }, 'event-unusable'],
    ['a message whose data is an array', asPubsubBody([]), 'event-unusable'],
    ['600 KB', asEventarc(auditEntry({ padding: 'x'.repeat(600 * 1024) })), 'event-too-large'],
    ['600 KB in a message', asPubsubEvent(auditEntry({ padding: 'x'.repeat(600 * 1024) })), 'event-too-large'],
    ['200,000 three-byte characters', asEventarc(auditEntry({ padding: '€'.repeat(200_000) })), 'event-too-large'],
    ['100,000 objects in one another', asEventarc(auditEntry({ deep: nested(100_000) })), 'event-too-large'],
    ['100,000 objects in one another and nothing else', nested(100_000), 'event-unusable'],
  ];
  for (const [what, event, code] of cases) {
    it(`${what}: ${code}`, () => {
      const decision = expect('unusable', keysOf(event));
      assert.equal(decision.code, code);
      assert.ok(decision.why.length > 10, decision.why);
    });
  }

  it('an event of just under 512 KB is taken', () => {
    expect('reconcile', keysOf(asEventarc(auditEntry({ padding: 'x'.repeat(500 * 1024) }))));
  });

  it('what can still be told of it is told: ids, log, service, method, resource', () => {
    const decision = expect('unusable', keysOf(asEventarc(auditEntry({ payload: { status: 'OK' } }))));
    assert.equal(decision.eventId, 'event-1');
    assert.equal(decision.insertId, 'insert-1');
    assert.equal(decision.method, 'google.cloud.run.v1.Services.ReplaceService');
    assert.match(decision.logName ?? '', /shop-prod/);
    assert.match(decision.why, /protoPayload\.status/);
  });

  it('foreign texts are cut to what fits into a log line and a task', () => {
    const long = 'x'.repeat(10_000);
    const decision = keysOf(asEventarc(auditEntry({ insertId: long, payload: { resourceName: long } }), long));
    assert.ok(JSON.stringify(expect('reconcile', decision)).length < 4000);
  });

  it('any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => typeof keysOf(value).kind === 'string'),
      { numRuns: 500 },
    );
  });

  it('any entry with one part replaced by any JSON', () => {
    const paths = ['insertId', 'logName', 'resource', 'operation', 'protoPayload', 'severity'];
    const inside = ['serviceName', 'methodName', 'resourceName', 'status', 'authenticationInfo', 'response'];
    fc.assert(
      fc.property(fc.constantFrom(...paths, ...inside), fc.jsonValue(), fc.boolean(), (path, value, wrapped) => {
        const entry = inside.includes(path)
          ? auditEntry({ payload: { [path]: value } })
          : { ...auditEntry(), [path]: value };
        const decision = keysOf(wrapped ? asPubsubEvent(entry) : asEventarc(entry), { ownPrincipal: ownAccount });
        return decision.kind !== 'reconcile' || decision.project === 'shop-prod';
      }),
      { numRuns: 500 },
    );
  });
});

describe('an event of a push subscription starts a reconcile of its project', () => {
  const name = 'projects/shop-prod/subscriptions/orders';
  const pubsubEntry = (verb: string, payload: Record<string, unknown>, topicProject = 'shop-prod') =>
    auditEntry({
      logName: `projects/${topicProject}/logs/cloudaudit.googleapis.com%2Factivity`,
      resource: { type: 'pubsub_topic', labels: { project_id: topicProject } },
      payload: { serviceName: 'pubsub.googleapis.com', methodName: `google.pubsub.v1.Subscriber.${verb}`, ...payload },
    });

  for (const verb of ['UpdateSubscription', 'ModifyPushConfig', 'DeleteSubscription']) {
    it(`${verb}, with the full name of the subscription`, () => {
      const decision = expect('reconcile', keysOf(asEventarc(pubsubEntry(verb, { resourceName: name }))));
      assert.deepEqual(
        [decision.project, decision.resource],
        ['shop-prod', '//pubsub.googleapis.com/projects/shop-prod/subscriptions/orders'],
      );
    });
  }

  it('CreateSubscription, whose entry names the topic, also one of another project', () => {
    const payload = { resourceName: 'projects/events-prod/topics/orders', request: { name, topic: 'x' } };
    const decision = expect(
      'reconcile',
      keysOf(asPubsubEvent(pubsubEntry('CreateSubscription', payload, 'events-prod'))),
    );
    assert.deepEqual(
      [decision.project, decision.resource],
      ['shop-prod', '//pubsub.googleapis.com/projects/shop-prod/subscriptions/orders'],
    );
  });

  it('CreateSubscription whose request names none: of the project that the entry names', () => {
    const topic = 'projects/shop-prod/topics/orders';
    for (const request of [undefined, null, 'x', {}, { name: 7 }, { name: 'projects/../x/subscriptions/y' }]) {
      const decision = expect('reconcile', keysOf(pubsubEntry('CreateSubscription', { resourceName: topic, request })));
      assert.deepEqual([decision.project, decision.resource], ['shop-prod', `//pubsub.googleapis.com/${topic}`]);
    }
  });

  it('and a failed one starts nothing', () => {
    const refused = pubsubEntry('UpdateSubscription', { resourceName: name, status: { code: 7, message: 'denied' } });
    expect('ignored', keysOf(refused));
  });
});
