import assert from 'node:assert/strict';
import { GoogleError } from '../../sandbox/api.ts';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import type { Cloud } from '../../sandbox/cloud.ts';
import { buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { readPolicy, writePolicy } from '../../sandbox/iam.ts';
import { hasPermission } from '../../sandbox/permissions.ts';

const key = 'projects/acme-prod/locations/europe-west1/services/shop';
const invoker = (...members: string[]) => ({ role: 'roles/run.invoker', members });
const condition = { title: 'office', expression: 'request.path.startsWith("/a")' };

function buildEstate(options: { iam?: 'today' | '2021'; organization?: boolean } = {}) {
  const { cloud } = buildCloud(options.iam ? { iam: options.iam } : {});
  return { cloud, estate: buildArticleEstate(cloud, { organization: options.organization ?? false }) };
}

function write(cloud: Cloud, policy: Record<string, unknown>, updateMask?: string) {
  return writePolicy(cloud, key, { policy, ...(updateMask ? { updateMask } : {}) });
}

function refuses(code: number, message: RegExp) {
  return (cause: unknown) => cause instanceof GoogleError && cause.httpStatus === code && message.test(cause.message);
}

describe('IAM policies of the sandbox', () => {
  let cloud: Cloud;
  let agent: string;
  beforeEach(() => {
    const built = buildEstate();
    cloud = built.cloud;
    agent = built.estate.iapAgent;
  });

  describe('etag', () => {
    it('gives a policy that nobody wrote an etag and no bindings', () => {
      assert.deepEqual(readPolicy(cloud, key, 3), { etag: 'ACAB' });
    });

    it('changes with every write, also of the same policy, and is base64 in groups of four', () => {
      const first = write(cloud, { bindings: [invoker('allUsers')] });
      const second = write(cloud, { bindings: [invoker('allUsers')], etag: first.etag });
      assert.notEqual(first.etag, second.etag);
      assert.equal(Buffer.from(second.etag, 'base64').toString('base64'), second.etag);
    });

    it('refuses a write with an etag that is not the present one, and keeps the policy', () => {
      const first = write(cloud, { bindings: [invoker('user:a@example.com')] });
      const second = write(cloud, { bindings: [invoker('user:b@example.com')], etag: first.etag });
      assert.throws(
        () => write(cloud, { bindings: [], etag: first.etag }),
        refuses(
          409,
          /^There were concurrent policy changes\. .* ETag '\\007.* did not match the current policy's ETag '\\007/s,
        ),
      );
      assert.deepEqual(readPolicy(cloud, key, 3), second);
    });

    it('lets the last writer win who sends no etag', () => {
      write(cloud, { bindings: [invoker('user:a@example.com')] });
      write(cloud, { bindings: [invoker('user:b@example.com')] });
      assert.deepEqual(readPolicy(cloud, key, 3).bindings, [invoker('user:b@example.com')]);
    });
  });

  describe('conditions', () => {
    const conditional = { ...invoker('user:a@example.com'), condition };

    it('are stored and shown whole in version 3', () => {
      write(cloud, { version: 3, bindings: [conditional] });
      const policy = readPolicy(cloud, key, 3);
      assert.equal(policy.version, 3);
      assert.deepEqual(policy.bindings, [conditional]);
    });

    it('are hidden from a reader of version 1 behind a role with a suffix', () => {
      write(cloud, { version: 3, bindings: [invoker('user:b@example.com'), conditional] });
      const policy = readPolicy(cloud, key, 1);
      assert.equal(policy.version, 1);
      assert.equal(policy.bindings?.[0]?.role, 'roles/run.invoker');
      assert.match(policy.bindings?.[1]?.role ?? '', /^roles\/run\.invoker_withcond_[0-9a-f]{20}$/);
      assert.equal(policy.bindings?.[1]?.condition, undefined);
    });

    it('cannot be written in version 1, and with an etag not be dropped in version 1 either', () => {
      assert.throws(() => write(cloud, { bindings: [conditional] }), refuses(400, /version 3/));
      const { etag } = write(cloud, { version: 3, bindings: [conditional] });
      assert.throws(() => write(cloud, { version: 1, bindings: [], etag }), refuses(400, /version 3/));
    });

    it('are lost to a version 1 write without etag, as Google warns', () => {
      write(cloud, { version: 3, bindings: [conditional] });
      write(cloud, { bindings: [invoker('user:b@example.com')] });
      assert.deepEqual(readPolicy(cloud, key, 3).bindings, [invoker('user:b@example.com')]);
    });

    it('of a read in version 1 written back name a role that does not exist', () => {
      write(cloud, { version: 3, bindings: [conditional] });
      const { bindings } = readPolicy(cloud, key, 1);
      assert.throws(() => write(cloud, { bindings }), refuses(400, /_withcond_\w+ is not supported for this resource/));
    });
  });

  describe('principals', () => {
    const accepted = [
      'allUsers',
      'allAuthenticatedUsers',
      'user:someone@example.com',
      'group:team@example.com',
      'domain:example.com',
      'deleted:serviceAccount:gone@acme-prod.iam.gserviceaccount.com?uid=123',
      'principal://iam.googleapis.com/locations/global/workforcePools/p/subject/s',
      'serviceAccount:sallyport-reconcile@acme-prod.iam.gserviceaccount.com',
    ];
    for (const member of accepted) {
      it(`takes ${member}`, () => {
        write(cloud, { bindings: [invoker(member)] });
        assert.deepEqual(readPolicy(cloud, key, 3).bindings, [invoker(member)]);
      });
    }

    const refused: [string, RegExp][] = [
      [
        'serviceAccount:x@y.iam.gserviceaccount.com',
        /^Service account x@y\.iam\.gserviceaccount\.com does not exist\.$/,
      ],
      ['123-abc.apps.googleusercontent.com', /unknown type/],
      ['420214566452', /unknown type/],
      ['user:nobody', /does not exist/],
      ['robot:x@example.com', /unknown type/],
      [
        'serviceAccount:123-abc.apps.googleusercontent.com',
        /^Service account 123-abc\.apps\.googleusercontent\.com does not exist\.$/,
      ],
    ];
    for (const [member, message] of refused) {
      it(`refuses ${member}`, () => {
        assert.throws(() => write(cloud, { bindings: [invoker(member)] }), refuses(400, message));
        assert.deepEqual(readPolicy(cloud, key, 3), { etag: 'ACAB' });
      });
    }

    it('refuses the IAP agent until it exists', () => {
      assert.throws(() => write(cloud, { bindings: [invoker(agent)] }), refuses(400, /does not exist/));
      cloud.serviceAccounts.add(agent.replace('serviceAccount:', ''));
      write(cloud, { bindings: [invoker(agent)] });
    });

    it('takes an OAuth client ID in the IAM of 2021, and only in its exact form', () => {
      const old = buildEstate({ iam: '2021' }).cloud;
      write(old, { bindings: [invoker('serviceAccount:123-abc.apps.googleusercontent.com')] });
      for (const member of ['serviceAccount:abc.apps.googleusercontent.com', '123-abc.apps.googleusercontent.com']) {
        assert.throws(() => write(old, { bindings: [invoker(member)] }), refuses(400, /./));
      }
    });
  });

  describe('roles', () => {
    it('refuses a role that does not exist, and a custom role of another project', () => {
      cloud.roles.set('projects/other/roles/thing', ['run.routes.invoke']);
      for (const role of ['roles/run.nothing', 'projects/other/roles/thing', 'projects/acme-prod/roles/none']) {
        assert.throws(
          () => write(cloud, { bindings: [{ role, members: ['allUsers'] }] }),
          refuses(400, /not supported|does not exist/),
        );
      }
    });

    it('takes a custom role of the project', () => {
      cloud.roles.set('projects/acme-prod/roles/thing', ['run.routes.invoke']);
      write(cloud, { bindings: [{ role: 'projects/acme-prod/roles/thing', members: ['user:a@example.com'] }] });
      assert.equal(hasPermission(cloud, 'user:a@example.com', 'run.routes.invoke', key), true);
    });
  });

  it('never reorders bindings or members', () => {
    const bindings = [
      invoker('user:z@example.com', 'user:a@example.com'),
      { role: 'roles/run.admin', members: ['user:m@example.com'] },
    ];
    write(cloud, { bindings });
    assert.deepEqual(readPolicy(cloud, key, 3).bindings, bindings);
  });

  it('keeps audit configs unless the mask names them', () => {
    const auditConfigs = [{ service: 'allServices' }];
    write(cloud, { bindings: [invoker('allUsers')], auditConfigs }, 'bindings,auditConfigs');
    write(cloud, { bindings: [] });
    assert.deepEqual(readPolicy(cloud, key, 3)['auditConfigs'], auditConfigs);
    write(cloud, { auditConfigs: [] }, 'auditConfigs');
    assert.deepEqual(readPolicy(cloud, key, 3)['auditConfigs'], []);
  });
});

describe('permissions in the sandbox', () => {
  const service = 'projects/acme-prod/locations/us-central1/services/shop';

  it('come from the service, its project, folder and organisation', () => {
    for (const level of [service, 'projects/acme-prod', 'folders/314159265358', 'organizations/271828182845']) {
      const { cloud } = buildEstate({ organization: true });
      assert.equal(hasPermission(cloud, 'user:v@example.com', 'run.services.get', service), false);
      cloud.policies.set(level, {
        etag: 'ACAB',
        bindings: [{ role: 'roles/run.viewer', members: ['user:v@example.com'] }],
      });
      assert.equal(hasPermission(cloud, 'user:v@example.com', 'run.services.get', service), true, level);
      assert.equal(hasPermission(cloud, 'user:v@example.com', 'run.services.setIamPolicy', service), false, level);
    }
  });

  it('are the same for a project by id and by number', () => {
    const { cloud, estate } = buildEstate();
    const byNumber = `projects/${estate.projectNumber}/locations/us-central1/services/shop`;
    const account = `serviceAccount:${estate.reconcileAccount}`;
    assert.equal(hasPermission(cloud, account, 'run.services.setIamPolicy', byNumber), true);
    assert.equal(
      hasPermission(cloud, `serviceAccount:${estate.eventsAccount}`, 'run.services.setIamPolicy', byNumber),
      false,
    );
  });

  it('do not let the owner past IAP, and do not let an editor change policies of services', () => {
    const { cloud, estate } = buildEstate();
    assert.equal(hasPermission(cloud, 'user:admin@example.com', 'run.services.setIamPolicy', service), true);
    assert.equal(
      hasPermission(cloud, 'user:admin@example.com', 'iap.webServiceVersions.accessViaIAP', estate.iapResource),
      false,
    );
    assert.equal(
      hasPermission(cloud, `user:${estate.user}`, 'iap.webServiceVersions.accessViaIAP', estate.iapResource),
      true,
    );
    cloud.policies.set('projects/acme-prod', {
      etag: 'ACAB',
      bindings: [{ role: 'roles/editor', members: ['user:e@example.com'] }],
    });
    assert.equal(hasPermission(cloud, 'user:e@example.com', 'run.routes.invoke', service), true);
    assert.equal(hasPermission(cloud, 'user:e@example.com', 'run.services.setIamPolicy', service), false);
  });

  it('of a conditional binding hold only while the time it names lasts', () => {
    const { cloud } = buildEstate();
    const bind = (expression: string) =>
      cloud.policies.set(service, {
        etag: 'ACAB',
        bindings: [{ ...invoker('user:c@example.com'), condition: { expression } }],
      });
    bind('request.time < timestamp("2999-01-01T00:00:00Z")');
    assert.equal(hasPermission(cloud, 'user:c@example.com', 'run.routes.invoke', service), true);
    bind('request.time < timestamp("2001-01-01T00:00:00Z")');
    assert.equal(hasPermission(cloud, 'user:c@example.com', 'run.routes.invoke', service), false);
    bind('request.path == "/a"');
    assert.equal(hasPermission(cloud, 'user:c@example.com', 'run.routes.invoke', service), false);
  });
});
