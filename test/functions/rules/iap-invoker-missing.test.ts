import assert from 'node:assert/strict';
import { parseSettings, type Settings } from '../../../functions/config.ts';
import { buildProjectName } from '../../../functions/core/estate/resource-name.ts';
import { evaluate } from '../../../functions/core/evaluate.ts';
import type { Finding } from '../../../functions/core/finding.ts';
import type { Inventory } from '../../../functions/core/inventory.ts';
import { iapInvokerMissing } from '../../../functions/rules/iap-invoker-missing.ts';
import {
  agent,
  backend,
  clientId,
  clientMember,
  grant,
  inventory,
  neg,
  policy,
  service,
} from '../../support/estate.ts';

interface Case {
  readonly title: string;
  readonly estate: Inventory;
  readonly settings?: unknown;
  readonly rejected?: readonly string[];
}

interface Violation extends Case {
  /** subject, severity, mode, region of each finding, in order. */
  readonly findings: readonly (readonly [string, Finding['severity'], Finding['mode'], string])[];
}

const shop = service();
const other = service('us-central1');
const withClient = (text: string) => [backend([neg(shop)], { oauth2ClientId: text })];
const condition = { title: 'until', expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' };
const folder = '//cloudresourcemanager.googleapis.com/folders/1';
const high = (mode: Finding['mode'], region = 'europe-west1') => [agent, 'high', mode, region] as const;

const complies: readonly Case[] = [
  {
    title: 'the agent holds run.invoker on the service',
    estate: inventory({ policies: [[shop, policy(grant(agent))]] }),
  },
  {
    title: 'the agent is written with capitals in its e-mail',
    estate: inventory({ policies: [[shop, policy(grant(agent.replace('service-', 'Service-')))]] }),
  },
  {
    title: 'the agent holds another invoking role on the project',
    estate: inventory({
      policies: [[buildProjectName('acme-prod'), policy({ role: 'roles/run.developer', members: [agent] })]],
    }),
  },
  {
    title: 'the agent holds run.invoker on a folder above',
    estate: inventory({
      projects: [{ name: 'acme-prod', number: '111222333444', ancestors: [folder] }],
      policies: [[folder, policy(grant(agent))]],
    }),
  },
  {
    title: 'a custom role that was read contains run.routes.invoke',
    estate: inventory({
      policies: [[shop, policy({ role: 'projects/acme-prod/roles/door', members: [agent] })]],
      customRoles: { 'projects/acme-prod/roles/door': ['run.routes.invoke'] },
    }),
  },
  {
    title: 'an empty condition is none',
    estate: inventory({ policies: [[shop, policy({ ...grant(agent), condition: { expression: '' } })]] }),
  },
  { title: 'the backend has no IAP', estate: inventory({ backends: [backend([neg(shop)], { iapEnabled: false })] }) },
  {
    title: 'the invoker check is disabled on the service',
    estate: inventory({ services: [service('europe-west1', { invokerIamDisabled: true })] }),
  },
  { title: 'no service stands behind the NEG', estate: inventory({ services: [], negs: [neg(shop)] }) },
  {
    title: 'a urlMask NEG reaches services only under urlMask: labelled',
    estate: inventory({
      services: [service('europe-west1', { labels: { 'sallyport-iap': 'allow' } })],
      negs: [neg(shop, { target: { kind: 'run-url-mask', urlMask: '<service>.acme.example' } })],
    }),
  },
  {
    title: 'a client ID that IAM is known to refuse is not asked for again',
    estate: inventory({ backends: withClient(clientId), policies: [[shop, policy(grant(agent))]] }),
    rejected: [clientId],
  },
  {
    title: 'an untrusted client ID is never wanted: a service account, a bare number, a foreign project',
    estate: inventory({
      backends: [
        ...withClient('x@y.iam.gserviceaccount.com'),
        backend([neg(shop)], {
          name: '//compute.googleapis.com/projects/acme-prod/global/backendServices/b2',
          oauth2ClientId: '123456',
        }),
        backend([neg(shop)], {
          name: '//compute.googleapis.com/projects/acme-prod/global/backendServices/b3',
          oauth2ClientId: '999-abc.apps.googleusercontent.com',
        }),
      ],
      policies: [[shop, policy(grant(agent))]],
    }),
  },
  {
    title: 'identity: service-agent wants no client ID',
    estate: inventory({ backends: withClient(clientId), policies: [[shop, policy(grant(agent))]] }),
    settings: { identity: 'service-agent' },
  },
  {
    title: 'the policy could not be read: said elsewhere, never judged',
    estate: (() => {
      const all = inventory({});
      const policies = new Map(all.policies);
      policies.delete(shop.name);
      return { ...all, policies };
    })(),
  },
];

const violates: readonly Violation[] = [
  {
    title: 'nobody holds anything: one finding a region',
    estate: inventory({ services: [shop, other] }),
    findings: [high('enforce'), high('enforce', 'us-central1')],
  },
  {
    title: 'one region of two has the grant',
    estate: inventory({ services: [shop, other], policies: [[shop, policy(grant(agent))]] }),
    findings: [high('enforce', 'us-central1')],
  },
  {
    title: 'public, group and domain members are never access',
    estate: inventory({
      policies: [
        [shop, policy(grant('allUsers', 'allAuthenticatedUsers', 'group:all@acme.example', 'domain:acme.example'))],
      ],
    }),
    findings: [high('enforce')],
  },
  {
    title: 'a deleted agent is not the agent',
    estate: inventory({ policies: [[shop, policy(grant(`deleted:${agent}?uid=1`))]] }),
    findings: [high('enforce')],
  },
  {
    title: 'a conditional grant is no access, and asks for approval',
    estate: inventory({ policies: [[shop, policy({ ...grant(agent), condition })]] }),
    findings: [high('approve')],
  },
  {
    title: 'the deny label wins over the conditional grant',
    estate: inventory({
      services: [service('europe-west1', { labels: { 'sallyport-iap': 'deny' } })],
      policies: [[shop, policy({ ...grant(agent), condition })]],
    }),
    findings: [high('observe')],
  },
  {
    title: 'the confused deputy: a private service whose owner has not consented waits for approval',
    estate: inventory({ services: [service('europe-west1', { ingress: 'all' })] }),
    findings: [high('approve')],
  },
  {
    title: 'the allow label is consent',
    estate: inventory({
      services: [service('europe-west1', { ingress: 'all', labels: { 'sallyport-iap': 'allow' } })],
    }),
    findings: [high('enforce')],
  },
  {
    title: 'direct IAP is a path of its own, and consent',
    estate: inventory({
      services: [service('europe-west1', { ingress: 'all', iapEnabled: true })],
      negs: [],
      backends: [],
    }),
    findings: [high('enforce')],
  },
  {
    title: 'a 2nd-gen function is the Run service of its name',
    estate: inventory({
      services: [service('europe-west1', { service: 'my-shop' })],
      negs: [neg(shop, { target: { kind: 'function', function: 'My_Shop' } })],
    }),
    findings: [high('enforce')],
  },
  {
    title: 'urlMask: labelled puts labelled services of that region on a path',
    estate: inventory({
      services: [service('europe-west1', { labels: { 'sallyport-iap': 'allow' } }), other],
      negs: [neg(shop, { target: { kind: 'run-url-mask', urlMask: '<service>.acme.example' } })],
    }),
    settings: { urlMask: 'labelled' },
    findings: [high('enforce')],
  },
  {
    title: 'agent and client ID are findings of their own',
    estate: inventory({ backends: withClient(clientId) }),
    findings: [high('enforce'), [clientMember, 'low', 'enforce', 'europe-west1']],
  },
  {
    title: 'identity: oauth-client makes the client ID the one that matters',
    estate: inventory({ backends: withClient(clientId) }),
    settings: { identity: 'oauth-client' },
    findings: [[clientMember, 'high', 'enforce', 'europe-west1']],
  },
  {
    title: "a trusted project's client ID is wanted",
    estate: inventory({
      backends: withClient('999-abc.apps.googleusercontent.com'),
      policies: [[shop, policy(grant(agent))]],
    }),
    settings: { identity: { trustedClientProjects: ['999'] } },
    findings: [['serviceAccount:999-abc.apps.googleusercontent.com', 'low', 'enforce', 'europe-west1']],
  },
  {
    title: 'settings lower the mode, and never raise it',
    estate: inventory({ services: [shop, service('us-central1', { ingress: 'all' })] }),
    settings: { modes: { 'iap-invoker-missing': 'approve' } },
    findings: [high('approve'), high('approve', 'us-central1')],
  },
  {
    title: "a backend in another project brings that project's agent",
    estate: inventory({
      projects: [
        { name: 'acme-prod', number: '111222333444' },
        { name: 'acme-edge', number: '555' },
      ],
      backends: [
        backend([neg(shop)], {
          project: 'acme-edge',
          name: '//compute.googleapis.com/projects/acme-edge/global/backendServices/b',
        }),
      ],
      policies: [[shop, policy(grant(agent))]],
    }),
    findings: [['serviceAccount:service-555@gcp-sa-iap.iam.gserviceaccount.com', 'high', 'enforce', 'europe-west1']],
  },
];

const run = ({ estate, settings, rejected = [] }: Case) => {
  const parsed: Settings = parseSettings(settings);
  return evaluate(estate, { settings: parsed, rejectedClientIds: new Set(rejected), rules: [iapInvokerMissing] });
};

describe('iap-invoker-missing', () => {
  for (const one of complies) {
    it(`complies: ${one.title}`, () => assert.deepEqual(run(one).findings, []));
  }
  for (const one of violates) {
    it(`violates: ${one.title}`, () => {
      const found = run(one).findings.map(({ subject, severity, mode, region }) => [subject, severity, mode, region]);
      assert.deepEqual(found, one.findings);
    });
  }

  it('lists every path of a service in one finding', () => {
    const second = backend([neg(shop)], {
      name: '//compute.googleapis.com/projects/acme-prod/global/backendServices/a',
    });
    const [finding, ...more] = run({
      title: '',
      estate: inventory({ backends: [backend([neg(shop)]), second] }),
    }).findings;
    assert.equal(more.length, 0);
    assert.deepEqual(finding?.via, [`${second.name} > ${neg(shop).name}`, `${backend([]).name} > ${neg(shop).name}`]);
  });

  it('carries the gcloud command and the Terraform, and loses its actions with the capability', () => {
    const on = run({ title: '', estate: inventory({}) }).findings[0];
    const off = run({ title: '', estate: inventory({}), settings: { capabilities: [] } }).findings[0];
    assert.deepEqual(on?.fix.actions, [
      { kind: 'grant-invoker', resource: shop.name, member: agent, identity: 'service-agent' },
    ]);
    assert.deepEqual(off?.fix.actions, []);
    assert.equal(off?.mode, on?.mode);
    assert.deepEqual(off?.fix.gcloud, [
      `gcloud run services add-iam-policy-binding shop --project=acme-prod --region=europe-west1 --member=${agent} --role=roles/run.invoker`,
    ]);
    assert.match(
      off?.fix.terraform ?? '',
      /import \{\n {2}to = google_cloud_run_v2_service_iam_member\.iap_agent_shop_europe_west1\n/,
    );
  });

  it('says that a project number is unknown instead of judging', () => {
    const { findings, unreadable } = run({
      title: '',
      estate: inventory({ projects: [{ name: 'acme-prod' }], backends: withClient(clientId) }),
    });
    assert.deepEqual(findings, []);
    assert.deepEqual(
      unreadable.map(({ resource, code }) => [resource, code]),
      [[buildProjectName('acme-prod'), 'project-number-unknown']],
    );
  });
});
