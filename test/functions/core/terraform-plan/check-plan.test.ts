import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { checkPlan, type PlanCheck } from '../../../../functions/core/terraform-plan/check-plan.ts';
import { parsePlanFile } from '../../../../functions/core/terraform-plan/parse-plan-file.ts';
import { openPlanView } from '../../../../functions/core/terraform-plan/plan-view.ts';
import { indexTerraformSource } from '../../../../functions/core/terraform-plan/terraform-source.ts';
import { guardedShop, invokerGrant, type PlanResource, planJson, refersTo } from '../../../support/plan-json.ts';

const agent = 'serviceAccount:service-111222333444@gcp-sa-iap.iam.gserviceaccount.com';
const project: PlanResource = {
  type: 'google_project',
  mode: 'data',
  values: { project_id: 'acme-prod', number: '111222333444' },
};

interface CheckOptions {
  readonly plan?: Readonly<Record<string, unknown>>;
  /** `main.tf` of the root module. */
  readonly source?: string;
  readonly defaultProject?: string;
  readonly settings?: unknown;
}

function check(resources: readonly PlanResource[], options: CheckOptions = {}): PlanCheck {
  const { plan, source, defaultProject, settings } = options;
  const files = source === undefined ? [] : [{ path: 'main.tf', text: source }];
  const view = openPlanView({
    plan: parsePlanFile(planJson(resources, plan), 'plan.json'),
    source: indexTerraformSource(new Map([['', { isLocal: true, files }]])),
    givenNumbers: new Map(),
    ...(defaultProject === undefined ? {} : { defaultProject }),
  });
  return checkPlan(view, { settings: parseSettings(settings), file: 'plan.json' });
}

const doorsOf = ({ services }: PlanCheck) => services.map(({ doors }) => doors.join(', ') || 'in order');
const rulesOf = ({ findings }: PlanCheck) => findings.map(({ rule }) => rule);
const codesOf = ({ unknown }: PlanCheck) => unknown.map(({ code, address }) => `${code} ${address ?? ''}`.trim());

describe('checkPlan', () => {
  it('finds nothing where the agent is granted by number', () => {
    const result = check([...guardedShop(), project, invokerGrant('member', { values: { member: agent } })]);
    assert.deepEqual([doorsOf(result), rulesOf(result), codesOf(result)], [['in order'], [], []]);
  });

  it('lets a grant count that Terraform only forgets, and not one that it deletes', () => {
    const grant = (action: string) => invokerGrant('member', { values: { member: agent }, actions: [action] });
    assert.deepEqual(doorsOf(check([...guardedShop(), project, grant('forget')])), ['in order']);
    assert.deepEqual(doorsOf(check([...guardedShop(), project, grant('delete')])), ['shut']);
    assert.deepEqual(doorsOf(check([...guardedShop(), project, grant('no-op')])), ['in order']);
  });

  it('says what becomes of grants made elsewhere, by the life of the service', () => {
    const noteOf = (actions: readonly string[]) => check([...guardedShop({ actions }), project]).findings[0]?.note;
    assert.match(noteOf(['delete', 'create']) ?? '', /is replaced: grants made outside Terraform go/);
    assert.match(noteOf(['no-op']) ?? '', /made outside this Terraform is not in the plan/);
    assert.equal(noteOf(['create']), undefined);
  });

  it('lets a binding stand that lists the agent', () => {
    const values = { members: [agent, 'serviceAccount:batch@acme-prod.iam.gserviceaccount.com'] };
    assert.deepEqual(doorsOf(check([...guardedShop(), project, invokerGrant('binding', { values })])), ['in order']);
  });

  it('does not decide between two authoritative bindings of one role', () => {
    const result = check([
      ...guardedShop(),
      project,
      invokerGrant('binding', { values: { members: [agent] }, name: 'one' }),
      invokerGrant('binding', { values: { members: ['user:a@example.com'] }, name: 'two' }),
    ]);
    assert.deepEqual(doorsOf(result), ['unknown']);
    assert.match(result.unknown[0]?.message ?? '', /applied last \(both are authoritative\)/);
  });

  it('lets nothing count beside an authoritative policy', () => {
    const policy: PlanResource = {
      type: 'google_cloud_run_v2_service_iam_policy',
      values: { name: 'shop', location: 'europe-west1', policy_data: '{"bindings":[]}' },
    };
    const result = check([...guardedShop(), project, invokerGrant('member', { values: { member: agent } }), policy]);
    assert.deepEqual(doorsOf(result), ['shut']);
    assert.equal(result.findings[0]?.address, 'google_cloud_run_v2_service_iam_policy.shop');
  });

  it('keeps a public member in sight that an authoritative binding beside it takes out', () => {
    const result = check([
      ...guardedShop(),
      project,
      invokerGrant('binding', { values: { members: [agent] } }),
      invokerGrant('member', { values: { member: 'allUsers' } }),
    ]);
    assert.deepEqual([doorsOf(result), rulesOf(result)], [['public'], ['public-invoker']]);
  });

  it('knows an account that the plan makes: it is neither the agent nor the public', () => {
    const account: PlanResource = {
      type: 'google_service_account',
      name: 'batch',
      unknown: { email: true, member: true },
    };
    const grant = invokerGrant('member', {
      unknown: { member: true },
      expressions: { member: refersTo('google_service_account.batch.member', 'google_service_account.batch') },
    });
    const result = check([...guardedShop(), project, account, grant]);
    assert.deepEqual([doorsOf(result), rulesOf(result), codesOf(result)], [['shut'], ['iap-invoker-missing'], []]);
  });

  it('does not take the identity of another service for the agent of IAP', () => {
    const identity = (service: string): PlanResource => ({
      type: 'google_project_service_identity',
      name: 'agent',
      values: { service },
      unknown: { member: true, email: true },
    });
    const grant = invokerGrant('member', {
      unknown: { member: true },
      expressions: {
        member: refersTo('google_project_service_identity.agent.member', 'google_project_service_identity.agent'),
      },
    });
    assert.deepEqual(doorsOf(check([...guardedShop(), identity('iap.googleapis.com'), grant])), ['in order']);
    assert.deepEqual(doorsOf(check([...guardedShop(), identity('pubsub.googleapis.com'), grant])), ['shut']);
  });

  it('takes the agent of another project for another agent', () => {
    const identity: PlanResource = {
      type: 'google_project_service_identity',
      name: 'agent',
      values: { service: 'iap.googleapis.com', project: 'acme-other' },
      unknown: { member: true },
    };
    const grant = invokerGrant('member', {
      unknown: { member: true },
      expressions: {
        member: refersTo('google_project_service_identity.agent.member', 'google_project_service_identity.agent'),
      },
    });
    assert.deepEqual(doorsOf(check([...guardedShop(), identity, grant])), ['shut']);
  });

  it('does not guess a member that a text is made around', () => {
    const grant = invokerGrant('member', {
      unknown: { member: true },
      expressions: { member: refersTo('google_project.new.number', 'google_project.new') },
    });
    const made: PlanResource = {
      type: 'google_project',
      name: 'new',
      values: { project_id: 'acme-prod' },
      unknown: { number: true },
    };
    const write = (member: string) =>
      `resource "google_cloud_run_v2_service_iam_member" "shop" {\n  member = ${member}\n}\n`;
    const withText = (member: string) => doorsOf(check([...guardedShop(), made, grant], { source: write(member) }));
    assert.deepEqual(doorsOf(check([...guardedShop(), made, grant])), ['unknown']);
    const ending = '@gcp-sa-iap.iam.gserviceaccount.com"';
    assert.deepEqual(withText(`"serviceAccount:service-\${google_project.new.number}${ending}`), ['in order']);
    assert.deepEqual(withText(`format("serviceAccount:service-%s${ending}, google_project.new.number)`), ['in order']);
    assert.deepEqual(withText(`"serviceAccount:\${google_project.new.number}-compute@developer.gserviceaccount.com"`), [
      'shut',
    ]);
  });

  it('says an ingress that comes with apply, and takes it for neither open nor shut', () => {
    const shop = guardedShop({
      values: { ingress: null },
      unknown: { ingress: true },
      expressions: { ingress: refersTo('terraform_data.mode.output', 'terraform_data.mode') },
    });
    const result = check([...shop, project, invokerGrant('member', { values: { member: agent } })]);
    assert.deepEqual([doorsOf(result), rulesOf(result)], [['unknown'], []]);
    assert.deepEqual(codesOf(result), ['unknown-until-apply google_cloud_run_v2_service.shop']);
  });

  it('says that a NEG is not in the plan, and that a service is not', () => {
    const shop = guardedShop().filter(({ type }) => type === 'google_compute_backend_service');
    const [backend] = shop;
    const group =
      'https://www.googleapis.com/compute/v1/projects/acme-prod/regions/europe-west1/networkEndpointGroups/n';
    const named = {
      ...backend,
      type: 'google_compute_backend_service',
      unknown: {},
      values: { ...backend?.values, backend: [{ group }] },
    };
    assert.deepEqual(codesOf(check([named])), ['neg-not-in-plan google_compute_backend_service.shop']);
    const result = check(
      guardedShop()
        .slice(1)
        .map((one) => ({ ...one, ...literalRegion(one) })),
    );
    assert.deepEqual(codesOf(result), []);
    assert.ok(result.notEvaluated.some(({ reason }) => reason === 'service-not-in-plan'));
  });

  it('says that Terraform has left something out', () => {
    assert.deepEqual(codesOf(check([...guardedShop(), project], { plan: { complete: false } })), ['plan-incomplete']);
    const untouched = {
      values: {
        root_module: {
          resources: [{ mode: 'managed', address: 'google_project.far', type: 'x', name: 'y', values: {} }],
        },
      },
    };
    assert.deepEqual(codesOf(check([...guardedShop(), project], { plan: { prior_state: untouched } })), [
      'plan-incomplete',
    ]);
  });

  it('puts what names no project into that of its provider, or of --project', () => {
    const plan = planJson([...guardedShop(), project, invokerGrant('member', { values: { member: agent } })]);
    const { root_module } = plan['configuration'] as { root_module: unknown };
    const options = { plan: { configuration: { provider_config: {}, root_module } } };
    const resources = [...guardedShop(), project, invokerGrant('member', { values: { member: agent } })];
    assert.deepEqual(doorsOf(check(resources, { ...options, defaultProject: 'acme-prod' })), ['in order']);
    const unknown = check(resources, options);
    assert.deepEqual(
      [doorsOf(unknown), codesOf(unknown)],
      [['unknown'], ['project-number-unknown google_cloud_run_v2_service_iam_member.shop']],
    );
  });

  it('judges no OAuth client without the number of its project', () => {
    const [service, neg, backend] = guardedShop();
    if (!service || !neg || !backend) assert.fail();
    const iap = [{ enabled: true, oauth2_client_id: '111222333444-abc.apps.googleusercontent.com' }];
    const shop = [service, neg, { ...backend, values: { ...backend.values, iap } }];
    assert.ok(!rulesOf(check(shop)).includes('oauth-client-untrusted'));
    assert.ok(
      check(shop).notEvaluated.some(
        ({ rule, reason }) => rule === 'oauth-client-untrusted' && reason === 'unknown-until-apply',
      ),
    );
    const other: PlanResource = { ...project, values: { project_id: 'acme-prod', number: '999' } };
    assert.ok(rulesOf(check([...shop, other])).includes('oauth-client-untrusted'));
  });

  it('is never silent about a shut door, whichever single value becomes unknown', () => {
    const shop = guardedShop();
    const told = (result: PlanCheck) => result.findings.length + result.unknown.length;
    let hidden = 0;
    for (const [at, resource] of shop.entries()) {
      for (const path of leavesOf(resource.values ?? {})) {
        const bent = shop.map((one, index) => (index === at ? hide(one, path) : one));
        assert.ok(told(check([...bent, project])) > 0, `${resource.type} ${path.join('.')}`);
        hidden += 1;
      }
    }
    assert.ok(hidden >= 9, `${hidden} values`);
  });

  it('never calls a door shut because of a single value that is unknown', () => {
    const right = [...guardedShop(), invokerGrant('member', { values: { member: agent } })];
    for (const [at, resource] of right.entries()) {
      for (const path of leavesOf(resource.values ?? {})) {
        const bent = right.map((one, index) => (index === at ? hide(one, path) : one));
        assert.ok(
          !rulesOf(check([...bent, project])).includes('iap-invoker-missing'),
          `${resource.type} ${path.join('.')}`,
        );
      }
    }
  });

  it('says of every rule of the contract that a plan cannot answer that it does not', () => {
    const silent = check([]).notEvaluated.filter(({ resource }) => resource === undefined);
    for (const rule of [
      '*',
      'dangling-neg',
      'iap-admits-nobody',
      'stale-iap-invoker',
      'contested',
      'push-unauthenticated',
    ]) {
      assert.ok(
        silent.some((entry) => entry.rule === rule),
        rule,
      );
    }
    assert.ok(!silent.some(({ rule }) => rule === 'iap-invoker-missing'));
  });
});

/** Without its service a NEG writes its region itself. */
function literalRegion({ type, values, expressions }: PlanResource): Partial<PlanResource> {
  return type === 'google_compute_region_network_endpoint_group'
    ? { ...(values ? { values } : {}), expressions: {} }
    : { ...(expressions ? { expressions } : {}) };
}

function leavesOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => leavesOf(one, [...path, index]));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...path, key]));
}

/** The resource with one value unknown, and written as something that no plan can follow. */
function hide(resource: PlanResource, path: readonly (string | number)[]): PlanResource {
  const copy = structuredClone({ values: {}, unknown: {}, expressions: {}, ...resource });
  setAt(copy.values, path, undefined);
  setAt(copy.unknown, path, true);
  setAt(copy.expressions, path, refersTo('terraform_data.far.output', 'terraform_data.far'));
  return copy;
}

function setAt(into: object, [step, ...rest]: readonly (string | number)[], value: unknown): void {
  if (step === undefined) return;
  if (rest.length === 0) {
    Reflect.set(into, step, value);
    return;
  }
  if (typeof Reflect.get(into, step) !== 'object') Reflect.set(into, step, typeof rest[0] === 'number' ? [] : {});
  setAt(Reflect.get(into, step), rest, value);
}
