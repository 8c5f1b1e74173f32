import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTerraformSource } from '../../functions/adapters/terraform-source/read-terraform-source.ts';
import { parseSettings } from '../../functions/config.ts';
import { checkPlan, type PlanCheck } from '../../functions/core/terraform-plan/check-plan.ts';
import { parsePlanFile } from '../../functions/core/terraform-plan/parse-plan-file.ts';
import { openPlanView } from '../../functions/core/terraform-plan/plan-view.ts';
import { indexTerraformSource } from '../../functions/core/terraform-plan/terraform-source.ts';
import { startSallyport } from '../support/sallyport-process.ts';
import { canPlan, openTerraformPlans, type TerraformPlans } from '../support/terraform-plan.ts';

const agent = 'serviceAccount:service-NUMBER-OF-acme-prod@gcp-sa-iap.iam.gserviceaccount.com';
const shop = '//run.googleapis.com/projects/acme-prod/locations/europe-west1/services/shop';

describe('check-plan of real plans', function () {
  this.timeout(40_000);
  let plans: TerraformPlans;

  before(function () {
    if (!canPlan()) this.skip();
    plans = openTerraformPlans();
  });

  after(() => plans?.forget());

  interface CheckOptions {
    readonly withoutSource?: boolean;
    readonly numbers?: Readonly<Record<string, string>>;
  }

  async function check(name: string, { withoutSource, numbers = {} }: CheckOptions = {}): Promise<PlanCheck> {
    const { folder, file } = await plans.plan(name);
    const plan = parsePlanFile(JSON.parse(readFileSync(file, 'utf8')), 'plan.json');
    const modules = withoutSource ? new Map() : await readTerraformSource(folder, plan.root, folder);
    const view = openPlanView({
      plan,
      source: indexTerraformSource(modules),
      givenNumbers: new Map(Object.entries(numbers)),
    });
    return checkPlan(view, { settings: parseSettings(undefined), file: 'plan.json' });
  }

  /** `service: doors` and `rule address file:line`, in order. */
  const doorsOf = ({ services }: PlanCheck) =>
    services.map(
      ({ resource, doors }) => `${resource.split('/').slice(6).join('/')}: ${doors.join(', ') || 'in order'}`,
    );
  const findingsOf = ({ findings }: PlanCheck) =>
    findings.map(
      ({ rule, address, location }) => `${rule} ${address} ${location ? `${location.file}:${location.line}` : '-'}`,
    );

  it('finds nothing where the agent is granted through its service identity, before it has an e-mail', async () => {
    const result = await check('right');
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: in order']);
    assert.deepEqual([result.findings, result.unknown], [[], []]);
  });

  it('needs no source for that: the plan itself names the service identity', async () => {
    const result = await check('right', { withoutSource: true });
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: in order']);
    assert.deepEqual([result.findings, result.unknown], [[], []]);
    assert.equal(result.services[0]?.location, undefined);
  });

  it('finds the door shut where nobody grants the agent, and gives code that refers to the service', async () => {
    const result = await check('invoker-absent');
    assert.deepEqual(findingsOf(result), ['iap-invoker-missing google_cloud_run_v2_service.shop main.tf:12']);
    const [finding] = result.findings;
    assert.deepEqual([finding?.severity, finding?.subject, finding?.door], ['high', agent, 'shut']);
    assert.match(finding?.fix.terraform ?? '', /name {5}= google_cloud_run_v2_service\.shop\.name/);
    assert.doesNotMatch(finding?.fix.terraform ?? '', /import/, 'what is not there yet cannot be imported');
    assert.deepEqual([finding?.fix.actions, finding?.fix.gcloud], [[], []]);
  });

  it('finds everybody let in, at the grant that does it', async () => {
    const result = await check('all-users');
    assert.deepEqual(findingsOf(result), [
      'public-invoker google_cloud_run_v2_service_iam_member.everybody main.tf:61',
    ]);
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: public']);
    assert.deepEqual(
      result.findings[0]?.related.map(({ address }) => address),
      ['google_cloud_run_v2_service.shop'],
    );
  });

  it('takes an ingress that nobody wrote for what the API makes of it: all', async () => {
    const result = await check('open-ingress');
    assert.deepEqual(findingsOf(result), ['run-url-bypass google_cloud_run_v2_service.shop main.tf:12']);
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: by-passed']);
  });

  it('names the authoritative binding that removes the grant, even where another resource makes it', async () => {
    const result = await check('authoritative-binding');
    assert.deepEqual(findingsOf(result), [
      'iap-invoker-missing google_cloud_run_v2_service_iam_binding.invokers main.tf:65',
    ]);
    assert.match(
      result.findings[0]?.note ?? '',
      /google_cloud_run_v2_service_iam_binding\.invokers is authoritative .* removes the grant that Sallyport makes/,
    );
    assert.match(result.findings[0]?.fix.terraform ?? '', /to the members of .*\.invokers/);
  });

  it('says which region of a module in a loop is shut, at the line in the module', async () => {
    const result = await check('module-loop');
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: in order', 'us-central1/services/shop: shut']);
    assert.deepEqual(findingsOf(result), [
      'iap-invoker-missing module.region["us-central1"].google_cloud_run_v2_service.shop region/main.tf:13',
    ]);
    assert.deepEqual(result.unknown, []);
  });

  it('does not guess the groups of a dynamic block without its source', async () => {
    const result = await check('module-loop', { withoutSource: true });
    assert.deepEqual(result.services, []);
    assert.deepEqual(
      result.unknown.map(({ address, code }) => `${code} ${address}`),
      ['unknown-until-apply google_compute_backend_service.shop'],
    );
    assert.match(result.unknown[0]?.hint ?? '', /--source/);
  });

  it('follows each backend of a balancer module to its own groups, and no further', async () => {
    const result = await check('balancer-module');
    assert.deepEqual(doorsOf(result), ['europe-west1/services/api: in order']);
    assert.deepEqual([result.findings, result.unknown], [[], []]);
    assert.equal(result.iapSecuredBackends, 1);
  });

  it('reads v1 services with their annotations beside v2 ones', async () => {
    const result = await check('v1-and-v2');
    assert.deepEqual(doorsOf(result), [
      'europe-west1/services/bare: by-passed, shut',
      'europe-west1/services/old: in order',
      'europe-west1/services/shop: shut',
    ]);
    const bare = result.findings.find(({ resource, door }) => resource.endsWith('/bare') && door === 'shut');
    assert.match(
      bare?.fix.terraform ?? '',
      /google_cloud_run_service_iam_member[\s\S]*service {2}= google_cloud_run_service\.bare\.name/,
    );
  });

  it('finds the way past a regional backend with IAP through one without', async () => {
    const result = await check('regional-backend');
    assert.deepEqual(findingsOf(result), ['unprotected-sibling-path google_cloud_run_v2_service.shop main.tf:12']);
    assert.deepEqual(
      result.findings[0]?.related.map(({ address }) => address),
      ['google_compute_region_backend_service.open'],
    );
  });

  it('takes each region of a multi-region service for a service with a policy of its own', async () => {
    const result = await check('multi-region');
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: in order', 'us-central1/services/shop: shut']);
    assert.match(result.findings[0]?.fix.terraform ?? '', /location = "us-central1"/);
  });

  it('reads a 2nd-gen function as the service of its name', async () => {
    const result = await check('function');
    assert.deepEqual(doorsOf(result), ['europe-west1/services/send-mail: in order']);
    assert.deepEqual(findingsOf(result), ['broad-iap-invoker google_project_iam_member.agent main.tf:49']);
  });

  it('finds IAP open to everybody, and says so of each service behind it', async () => {
    const result = await check('iap-open-to-all');
    assert.deepEqual(findingsOf(result), [
      'iap-open-to-all google_iap_web_backend_service_iam_binding.everybody main.tf:61',
    ]);
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: public']);
  });

  it('reads whole policies: through their data source, and as JSON', async () => {
    const result = await check('policy-data');
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: in order', 'europe-west1/services/till: shut']);
    const missing = result.findings.find(({ rule }) => rule === 'iap-invoker-missing');
    assert.equal(missing?.address, 'google_cloud_run_v2_service_iam_policy.till');
    assert.deepEqual(result.unknown, []);
  });

  it('names the grant that the plan deletes', async () => {
    const result = await check('deleted-grant', { numbers: { 'acme-prod': '111222333444' } });
    assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: shut']);
    assert.match(
      result.findings[0]?.note ?? '',
      /This plan deletes google_cloud_run_v2_service_iam_member\.agent, .* a grant that was made outside this Terraform is not in the plan/,
    );
  });

  describe('where a value comes with apply', () => {
    it('recognises the agent by the text around the number of a project that does not exist yet', async () => {
      const result = await check('unknown-number');
      assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: in order']);
      assert.deepEqual([result.findings, result.unknown], [[], []]);
    });

    it('says that it cannot, and not that the door is shut or open, without that text', async () => {
      const result = await check('unknown-number', { withoutSource: true });
      assert.deepEqual(result.findings, []);
      assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: unknown']);
      assert.deepEqual(
        result.unknown.map(({ address }) => address),
        ['google_cloud_run_v2_service_iam_member.agent'],
      );
      assert.match(result.unknown[0]?.message ?? '', /local\.agent/);
    });

    it('does not take a number for that of a project that has not told its own', async () => {
      const untold = await check('number-not-told');
      assert.deepEqual([untold.findings, untold.unknown.map(({ code }) => code)], [[], ['project-number-unknown']]);
      assert.match(untold.unknown[0]?.hint ?? '', /--project-number acme-prod=NUMBER/);
      const right = await check('number-not-told', { numbers: { 'acme-prod': '111222333444' } });
      assert.deepEqual([right.findings, right.unknown], [[], []]);
      const other = await check('number-not-told', { numbers: { 'acme-prod': '999' } });
      assert.deepEqual(
        other.findings.map(({ rule, resource }) => `${rule} ${resource}`),
        [`iap-invoker-missing ${shop}`],
      );
    });

    it('says of a member that it cannot follow that it may be anybody', async () => {
      const result = await check('unknown-member');
      assert.deepEqual(doorsOf(result), ['europe-west1/services/shop: unknown']);
      assert.deepEqual(
        result.unknown.map(({ address }) => address),
        ['google_cloud_run_v2_service_iam_member.puzzle'],
      );
      assert.deepEqual(findingsOf(result), [
        'direct-invoker google_cloud_run_v2_service_iam_member.somebody main.tf:52',
      ]);
    });
  });

  describe('as a command', () => {
    async function run(args: readonly string[], name?: string) {
      const folder = name === undefined ? [] : ['--source', (await plans.plan(name)).folder];
      const file = name === undefined ? [] : [(await plans.plan(name)).file];
      const sallyport = startSallyport(['check-plan', ...file, ...folder, ...args]);
      const ended = await sallyport.ended;
      sallyport.forget();
      return ended;
    }

    it('ends with 0, 1 or 3 as scan does', async () => {
      const [right, shut, unknown, bypassed, strict] = await Promise.all([
        run([], 'right'),
        run([], 'invoker-absent'),
        run([], 'number-not-told'),
        run([], 'open-ingress'),
        run(['--fail-on', 'medium'], 'open-ingress'),
      ]);
      assert.deepEqual([right.code, shut.code, unknown.code, bypassed.code, strict.code], [0, 1, 3, 0, 1]);
      assert.match(shut.stdout, /shop in europe-west1 {2}shut/);
      assert.match(unknown.stdout, /NOT KNOWN BEFORE APPLY {2}1 thing/);
    });

    it('writes JSON with its schema, and SARIF with file and line', async () => {
      const [json, sarif] = await Promise.all([
        run(['--format', 'json'], 'module-loop'),
        run(['--format', 'sarif'], 'module-loop'),
      ]);
      const report = JSON.parse(json.stdout);
      assert.equal(report.schema, 'sallyport.check-plan/v1');
      assert.deepEqual(report.summary.doors, { shut: 1, 'by-passed': 0, public: 0, unknown: 0, 'in-order': 1 });
      const [result] = JSON.parse(sarif.stdout).runs[0].results;
      const { artifactLocation, region } = result.locations[0].physicalLocation;
      assert.match(artifactLocation.uri, /region\/main\.tf$/);
      assert.equal(region.startLine, 13);
    });
  });
});

describe('check-plan of what is no plan', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-no-plan-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const texts: readonly (readonly [name: string, text: string, says: RegExp])[] = [
    ['the binary plan', 'PK\u0003\u0004', /binary plan/],
    ['a state', '{"version": 4, "lineage": "x", "resources": []}', /it is a state/],
  ];
  for (const [name, text, says] of texts) {
    it(`ends with 2 for ${name}, and says what to run`, async () => {
      const file = join(folder, 'plan.json');
      writeFileSync(file, text);
      const sallyport = startSallyport(['check-plan', file]);
      const { code, stderr, stdout } = await sallyport.ended;
      sallyport.forget();
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, says);
      assert.match(stderr, /terraform show -json/);
    });
  }
});
