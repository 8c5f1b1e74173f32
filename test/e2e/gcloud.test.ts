import assert from 'node:assert/strict';
import { openStage, type Stage } from '../../cli/story/stage.ts';
import { type Gcloud, openGcloud } from '../../scripts/check-sandbox/gcloud.ts';
import { hasUsableGcloud } from '../support/usable-gcloud.ts';

const role = 'roles/run.invoker';

interface Policy {
  readonly bindings?: readonly { readonly role: string; readonly members: readonly string[] }[];
}

describe('the real gcloud and the real functions meet in the local Google Cloud', () => {
  let stage: Stage;
  let gcloud: Gcloud;

  before(async function () {
    if (!hasUsableGcloud()) return this.skip();
    stage = await openStage({ seed: 41 });
    gcloud = openGcloud({ port: stage.sandbox.port, project: stage.estate.projectId });
  });
  after(async () => {
    gcloud?.close();
    await stage?.stop();
  });

  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await gcloud.run(args, 'admin@example.com');
    assert.equal(code, 0, `gcloud ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const invokers = async (region: string) => {
    const { service } = stage.estate;
    const text = await run('run', 'services', 'get-iam-policy', service, `--region=${region}`, '--format=json');
    const policy: Policy = JSON.parse(text);
    return (policy.bindings ?? []).filter((one) => one.role === role).flatMap(({ members }) => members);
  };
  /** What a user gets in a region at the moment when an audit entry of this method is written, before anybody can repair. */
  const statusAt = (method: RegExp, region: string) =>
    new Promise<number>((resolve, reject) => {
      const unhook = stage.sandbox.onAudit(({ protoPayload }) => {
        if (!method.test(protoPayload.methodName)) return;
        unhook();
        stage.visit(region).then(resolve, reject);
      });
    });

  it('IAP is switched on for the backend: 403, then both services are bound to IAP’s agent and answer', async () => {
    const { backend, clientId, regions, iapAgent } = stage.estate;
    for (const region of regions) assert.deepEqual(await invokers(region), []);
    const atOnce = statusAt(/backendServices\.(patch|update)$/, regions[0]);
    const iap = `--iap=enabled,oauth2-client-id=${clientId},oauth2-client-secret=e2e-secret`;
    await run('compute', 'backend-services', 'update', backend, '--global', iap);
    assert.equal(await atOnce, 403);
    await stage.deployment.idle();
    for (const region of regions) {
      assert.deepEqual(await invokers(region), [iapAgent]);
      assert.equal(await stage.visit(region), 200);
    }
  });

  it('a service is deployed in a third region and added to the backend: 403 there only, then bound', async () => {
    const { service, thirdRegion: region, backend, negs, regions, iapAgent } = stage.estate;
    const neg = negs[region] ?? '';
    const shut = ['--no-allow-unauthenticated', '--ingress=internal-and-cloud-load-balancing'];
    await run('run', 'deploy', service, '--image=gcr.io/cloudrun/hello', `--region=${region}`, ...shut);
    const serverless = ['--network-endpoint-type=serverless', `--cloud-run-service=${service}`];
    await run('compute', 'network-endpoint-groups', 'create', neg, `--region=${region}`, ...serverless);
    await stage.deployment.idle();
    assert.deepEqual(await invokers(region), [], 'no backend leads to it yet');

    const atOnce = statusAt(/backendServices\.(patch|update)$/, region);
    const group = [`--network-endpoint-group=${neg}`, `--network-endpoint-group-region=${region}`];
    await run('compute', 'backend-services', 'add-backend', backend, '--global', ...group);
    assert.equal(await atOnce, 403);
    await stage.deployment.idle();
    for (const each of [...regions, region]) {
      assert.deepEqual(await invokers(each), [iapAgent]);
      assert.equal(await stage.visit(each), 200);
    }
  });

  it('a binding is removed: 403 in that region, then it is back, and what others bound is still there', async () => {
    const { service, regions, iapAgent } = stage.estate;
    const [, region] = regions;
    const where = [service, `--region=${region}`, `--role=${role}`];
    await run('run', 'services', 'add-iam-policy-binding', ...where, '--member=group:ops@example.com');
    await stage.deployment.idle();
    const atOnce = statusAt(/SetIamPolicy$/, region);
    await run('run', 'services', 'remove-iam-policy-binding', ...where, `--member=${iapAgent}`);
    assert.equal(await atOnce, 403);
    await stage.deployment.idle();
    assert.deepEqual((await invokers(region)).toSorted(), ['group:ops@example.com', iapAgent].toSorted());
    assert.equal(await stage.visit(region), 200);
  });

  it('asked for nothing that the local cloud does not serve, and nothing that Google’s Discovery does not know', () => {
    const unserved = stage.sandbox.requestLog.rows.filter(({ kind, status }) => kind === 'api' && status === 501);
    assert.deepEqual(unserved, []);
    assert.deepEqual(stage.sandbox.discovery.summary().problems, []);
  });
});
