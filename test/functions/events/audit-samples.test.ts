import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf } from '../../../functions/events/keys-of.ts';
import { asEventarc, asPubsubEvent } from '../../support/audit-entry.ts';
import { sharedData } from '../../support/shared-data.ts';

/** What each real entry must lead to, written by hand from the entry itself: [decision, project, actor, why]. */
const expected: Record<
  string,
  readonly [kind: string, project: string | undefined, actor: string | undefined, why: RegExp]
> = {
  'run-google-cloud-run-v1-Services-CreateService.1': [
    'reconcile',
    'some-project',
    'person-11@example.com',
    /service may be new/,
  ],
  'run-google-cloud-run-v1-Services-ReplaceService.1': [
    'reconcile',
    'test-project-1234',
    'person-23@example.com',
    /service/,
  ],
  'run-google-cloud-run-v1-Services-DeleteService.1': ['reconcile', 'tp3partie1et2', 'person-14@example.com', /gone/],
  'run-google-cloud-run-v1-Services-SetIamPolicy.1': ['reconcile', 'some-project', 'person-11@example.com', /grant/],
  'run-Services-CreateService.1': ['reconcile', 'tp3partie1et2', undefined, /became ready/],
  'iap-google-cloud-iap-v1-IdentityAwareProxyAdminService-SetIamPolicy.1': [
    'reconcile',
    'gcp-project1',
    'person-21@example.com',
    /pass IAP/,
  ],
  'iap-google-cloud-iap-v1-IdentityAwareProxyAdminService-SetIamPolicy.3': [
    'reconcile',
    '1234',
    'admin@example.com',
    /pass IAP/,
  ],
  'cloudresourcemanager-SetIamPolicy.1': ['reconcile', 'western-verve-123456', 'person-5@example.com', /inherit/],
  'cloudresourcemanager-SetIamPolicy.2': ['reconcile', 'western-verve-123456', 'person-5@example.com', /inherit/],
  'cloudresourcemanager-SetIamPolicy.6': ['reconcile', 'tp3partie1et2', 'person-13@example.com', /inherit/],
  // Watched, but the sample's project is redacted: see the last test below.
  'pubsub-google-pubsub-v1-Subscriber-CreateSubscription.1': ['unusable', undefined, 'xxx@example.com', /no project/],
  // Read-only, sign-ins, other resources.
  'compute-v1-compute-backendServices-get.1': [
    'ignored',
    'custodian-test-project-0',
    'person-3@example.com',
    /nobody watches/,
  ],
  'compute-v1-compute-urlMaps-get.1': ['ignored', 'custodian-test-project-0', 'person-3@example.com', /nobody watches/],
  'iap-AuthorizeUser.1': ['ignored', 'example-project', 'person-18@example.com', /nobody watches/],
  'iap-AuthorizeUser.2': ['ignored', 'testproject-320520', 'person-20@example.com', /nobody watches/],
  'cloudresourcemanager-GetProject.1': ['ignored', '1234', 'test-user@example.com', /nobody watches/],
  'serviceusage-google-api-serviceusage-v1-ServiceUsage-EnableService.1': [
    'ignored',
    'tp3partie1et2',
    'person-14@example.com',
    /nobody watches/,
  ],
  // The label has the project's number, the log's name its id.
  'compute-v1-compute-projects-setCommonInstanceMetadata.3': [
    'ignored',
    'gsec-monitoring-prod',
    'person-4@example.com',
    /nobody watches/,
  ],
  // Keys in lower case, no insertId: exported through another system.
  'compute-v1-compute-firewalls-insert.1': ['ignored', 'test-project-123456', 'person-4@example.com', /nobody watches/],
  // A redacted project is no project.
  'pubsub-google-pubsub-v1-Publisher-CreateTopic.1': ['ignored', undefined, 'xxx@example.com', /nobody watches/],
};

/** All other samples are of services and resources that have nothing to do with IAP before Cloud Run. */
const others = ['ignored', /nobody watches this method/] as const;

describe('every real audit-log entry', () => {
  const folder = sharedData('audit-samples');
  if (!folder) return;
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

  it('of those that are named here is there', () => {
    for (const name of Object.keys(expected)) assert.ok(files.includes(`${name}.json`), name);
  });

  for (const file of files) {
    const name = file.replace('.json', '');
    const [kind, project, actor, why] = expected[name] ?? [others[0], 'any', 'any', others[1]];
    it(`${name}: ${kind}`, () => {
      const entry: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      for (const decision of [keysOf(entry), keysOf(asEventarc(entry)), keysOf(asPubsubEvent(entry))]) {
        assert.equal(decision.kind, kind, decision.why);
        assert.match(decision.why, why);
        if (project !== 'any') assert.equal(decision.project, project);
        if (actor !== 'any') assert.equal(decision.actor, actor);
      }
    });
  }

  it('of Run leads to the full resource name, with the region that only a label has', () => {
    const path = join(folder, 'run-google-cloud-run-v1-Services-CreateService.1.json');
    const { resource } = keysOf(JSON.parse(readFileSync(path, 'utf8')));
    assert.equal(resource, '//run.googleapis.com/projects/some-project/locations/us-west1/services/cloudrun-exfil');
  });

  it('of a new subscription leads to the subscription, though the entry names its topic', () => {
    const path = join(folder, 'pubsub-google-pubsub-v1-Subscriber-CreateSubscription.1.json');
    const filled = readFileSync(path, 'utf8')
      .replaceAll('$' + '{project}', 'shop-prod')
      .replaceAll('$' + '{name}', 'orders-push')
      .replaceAll('$' + '{parent_name}', 'orders');
    const decision = keysOf(JSON.parse(filled));
    assert.deepEqual(
      [decision.kind, decision.project, decision.resource],
      ['reconcile', 'shop-prod', '//pubsub.googleapis.com/projects/shop-prod/subscriptions/orders-push'],
    );
  });
});
