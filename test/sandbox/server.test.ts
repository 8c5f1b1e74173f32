import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { FaultKind } from '../../sandbox/faults.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/start-sandbox.ts';
import { sharedData } from '../support/shared-data.ts';

interface Answer {
  readonly status: number;
  readonly body: { error: Record<string, unknown> & { errors?: Record<string, string>[] } };
}

describe("the sandbox's server", () => {
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  let policyPath: string;
  async function start(options: SandboxOptions = {}) {
    sandbox = await startSandbox(options);
    estate = buildArticleEstate(sandbox.cloud);
    policyPath = `/v1/projects/${estate.projectId}/locations/europe-west1/services/shop`;
  }
  afterEach(() => sandbox.stop());

  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(sandbox.url + path, { headers: { authorization: 'Bearer fake-token' }, ...init });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  /** What comes back when the text is sent as it is. */
  function sendRaw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(sandbox.port, '127.0.0.1', () => socket.write(text));
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('end', () => resolve(received));
      socket.on('error', reject);
    });
  }

  it('listens on loopback only', async () => {
    await start();
    assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await assert.rejects(
      fetch(`http://127.0.0.2:${sandbox.port}/_sandbox/health`),
      'another address of this machine answers',
    );
  });

  it("answers absolute-form requests by their host, as gcloud's proxy", async () => {
    await start();
    const path = `/apis/serving.knative.dev/v1/namespaces/${estate.projectId}/services`;
    const answer = await sendRaw(
      `GET http://us-central1-run.googleapis.com${path}?alt=json HTTP/1.1\r\nHost: us-central1-run.googleapis.com\r\nAuthorization: Bearer fake-token\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 200/);
    const { items } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as {
      items: { metadata: { labels: object } }[];
    };
    assert.deepEqual(
      items.map(({ metadata }) => metadata.labels),
      [{ 'cloud.googleapis.com/location': 'us-central1' }],
    );
    assert.equal(sandbox.requestLog.rows[0]?.host, 'us-central1-run.googleapis.com');
  });

  it('does not serve an API at the host of another', async () => {
    await start();
    const answer = await sendRaw(
      `GET http://compute.googleapis.com${policyPath} HTTP/1.1\r\nHost: compute.googleapis.com\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 501/);
  });

  it('refuses CONNECT, so that nothing gets through it to the real Google', async () => {
    await start();
    assert.match(
      await sendRaw('CONNECT run.googleapis.com:443 HTTP/1.1\r\nHost: run.googleapis.com:443\r\n\r\n'),
      /^HTTP\/1\.1 403/,
    );
    assert.equal(sandbox.requestLog.rows[0]?.verb, 'CONNECT');
  });

  it('names what it does not serve', async () => {
    await start();
    const { status, body } = await ask('/v9/nothing/here');
    assert.equal(status, 501);
    assert.match(
      String(body.error['message']),
      /^GET 127\.0\.0\.1:\d+\/v9\/nothing\/here is not served by the sandbox\.$/,
    );
  });

  it('wants a credential for everything but its own control paths', async () => {
    await start();
    const { status, body } = await ask(`${policyPath}:getIamPolicy`, { headers: {} });
    assert.equal(status, 401);
    assert.equal(body.error['status'], 'UNAUTHENTICATED');
    assert.equal((await fetch(`${sandbox.url}/_sandbox/health`)).status, 200);
  });

  it("answers 404 in Google's words: with a status from Cloud Run, with errors and no status from Compute", async () => {
    await start();
    const run = await ask(`/v1/projects/${estate.projectId}/locations/europe-west1/services/none`);
    assert.equal(run.status, 404);
    assert.equal(run.body.error['status'], 'NOT_FOUND');
    assert.equal(
      run.body.error['message'],
      "Resource 'none' of kind 'SERVICE' in region 'europe-west1' in project 'acme-prod' does not exist.",
    );
    const compute = await ask(`/compute/v1/projects/${estate.projectId}/global/backendServices/none`);
    assert.equal(compute.status, 404);
    assert.equal('status' in compute.body.error, false);
    assert.deepEqual(compute.body.error.errors, [
      {
        message: "The resource 'projects/acme-prod/global/backendServices/none' was not found",
        domain: 'global',
        reason: 'notFound',
      },
    ]);
  });

  it('refuses bad JSON', async () => {
    await start();
    const { status, body } = await ask(`${policyPath}:setIamPolicy`, { method: 'POST', body: '{"policy":' });
    assert.equal(status, 400);
    assert.match(String(body.error['message']), /^Invalid JSON payload received\. Unexpected token\./);
  });

  describe("beside Google's Discovery documents", () => {
    beforeEach(async function () {
      if (!sharedData('discovery')) this.skip();
      await start();
    });

    it('refuses unknown members and query parameters, wrong types and bad enum values as Google does', async () => {
      const set = (body: unknown) => ask(`${policyPath}:setIamPolicy`, { method: 'POST', body: JSON.stringify(body) });
      const unknown = await set({ policy: { bindings: [{ role: 'roles/run.invoker', membres: [] }] } });
      assert.equal(unknown.status, 400);
      const message = `Invalid JSON payload received. Unknown name "membres" at 'policy.bindings[0]': Cannot find field.`;
      assert.equal(unknown.body.error['message'], message);
      assert.deepEqual(unknown.body.error['details'], [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'policy.bindings[0]', description: message }],
        },
      ]);
      assert.match(
        String((await set({ policy: { version: 'three' } })).body.error['message']),
        /^Invalid value at 'policy\.version' \(TYPE_INT32\), "three"$/,
      );
      assert.equal(
        (await set({ polycy: {} })).body.error['message'],
        'Invalid JSON payload received. Unknown name "polycy": Cannot find field.',
      );
      const query = await ask(`${policyPath}:getIamPolicy?verson=3`);
      assert.match(String(query.body.error['message']), /Unknown name "verson": Cannot bind query parameter/);
      const ingress = await ask(policyPath.replace('/v1/', '/v2/'), { method: 'PATCH', body: '{"ingress":"OPEN"}' });
      assert.equal(ingress.body.error['message'], `Invalid value at 'ingress' (TYPE_ENUM), "OPEN"`);
      assert.equal(sandbox.discovery.summary().refused, 5);
      assert.deepEqual(sandbox.cloud.policies.has(policyPath.slice('/v1/'.length)), false);
    });

    it('tolerates returnPartialSuccess on Compute lists, as Google does', async () => {
      const { status } = await ask(
        `/compute/v1/projects/${estate.projectId}/aggregated/networkEndpointGroups?includeAllScopes=True&maxResults=500&returnPartialSuccess=True`,
      );
      assert.equal(status, 200);
      assert.deepEqual(sandbox.discovery.summary().problems, []);
    });

    it('finds what is wrong with an answer of its own', async () => {
      const service = sandbox.cloud.runServices.get(policyPath.slice('/v1/'.length));
      assert.ok(service);
      service.metadata['generation'] = '1';
      service.metadata['colour'] = 'red';
      await ask(policyPath);
      const { checked, valid, unknownFields, problems } = sandbox.discovery.summary();
      assert.deepEqual({ checked, valid, unknownFields }, { checked: 1, valid: 0, unknownFields: 1 });
      assert.deepEqual(problems.map(({ side, kind }) => `${side} ${kind}`).sort(), [
        'response unknown-field',
        'response wrong-type',
      ]);
    });
  });

  it('works without Discovery documents, says so, and refuses nothing', async () => {
    await start({ discoveryDir: '/nowhere' });
    assert.equal((await ask(`${policyPath}:getIamPolicy?verson=3`)).status, 200);
    assert.equal(sandbox.discovery.available, false);
    assert.equal(sandbox.discovery.summary().checked, 0);
  });

  describe('faults', () => {
    const policyOf = 'run.projects.locations.services.getIamPolicy';
    const backendGet = 'compute.backendServices.get';
    beforeEach(() => start());

    const bodies: [FaultKind, 'run' | 'compute', number, Record<string, unknown>][] = [
      [
        409,
        'run',
        409,
        {
          status: 'ABORTED',
          message:
            'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
        },
      ],
      [
        412,
        'compute',
        412,
        {
          errors: [
            {
              message: 'Invalid fingerprint.',
              domain: 'global',
              reason: 'conditionNotMet',
              location: 'If-Match',
              locationType: 'header',
            },
          ],
        },
      ],
      [
        'rate-limit-exceeded',
        'compute',
        403,
        { errors: [{ message: 'Rate Limit Exceeded', domain: 'usageLimits', reason: 'rateLimitExceeded' }] },
      ],
      [429, 'run', 429, { status: 'RESOURCE_EXHAUSTED' }],
      [503, 'run', 503, { status: 'UNAVAILABLE', message: 'The service is currently unavailable.' }],
    ];
    for (const [fault, api, status, expected] of bodies) {
      it(`answers ${fault} as Google's ${api} does`, async () => {
        sandbox.faults.add({ match: api === 'run' ? policyOf : backendGet, fault });
        const path =
          api === 'run'
            ? `${policyPath}:getIamPolicy`
            : `/compute/v1/projects/${estate.projectId}/global/backendServices/shop-backend`;
        const answer = await ask(path);
        assert.equal(answer.status, status);
        assert.equal(answer.body.error['code'], status);
        for (const [field, value] of Object.entries(expected)) assert.deepEqual(answer.body.error[field], value);
        assert.equal('status' in answer.body.error, api === 'run');
        assert.equal(sandbox.requestLog.rows[0]?.fault, String(fault));
        assert.deepEqual(sandbox.discovery.summary().problems, []);
      });
    }

    it('hit as often as told, only the caller told, and end when taken away', async () => {
      const get = async (token = 'x') =>
        (await ask(`${policyPath}:getIamPolicy`, { headers: { authorization: `Bearer ${token}` } })).status;
      sandbox.faults.add({ match: policyOf, fault: 503, times: 2 });
      assert.deepEqual([await get(), await get(), await get()], [503, 503, 200]);
      const remove = sandbox.faults.add({ match: /getIamPolicy$/, fault: 429, caller: 'admin@example.com' });
      assert.equal(await get(), 429);
      remove();
      assert.equal(await get(), 200);
      sandbox.faults.add({ match: policyOf, fault: 429, caller: 'somebody@example.com' });
      assert.equal(await get(), 200);
    });

    it('drop a write and answer as if it were done, and nobody hears of it', async () => {
      sandbox.faults.add({ match: /setIamPolicy$/, fault: 'drop-write', times: 1 });
      const body = JSON.stringify({ policy: { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] } });
      const set = () => ask(`${policyPath}:setIamPolicy`, { method: 'POST', body });
      const heard: unknown[] = [];
      sandbox.onAudit((entry) => heard.push(entry));
      const answer = await set();
      assert.equal(answer.status, 200);
      assert.ok('bindings' in answer.body);
      assert.equal(sandbox.cloud.policies.has(policyPath.slice(4)), false);
      assert.equal(heard.length, 0);
      await set();
      assert.equal(sandbox.cloud.policies.has(policyPath.slice(4)), true);
      assert.equal(heard.length, 1);
    });

    it('are the same for the same seed', async () => {
      const draw = async (seed: number) => {
        const other = await startSandbox({ seed });
        other.faults.add({ match: 'm', fault: 409, probability: 0.3 });
        const hits = Array.from({ length: 40 }, () => other.faults.draw('m', '') !== undefined);
        await other.stop();
        return hits.join();
      };
      assert.equal(await draw(7), await draw(7));
      assert.notEqual(await draw(7), await draw(8));
    });
  });

  it('logs each request with its step, in memory and as a line of the file at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-'));
    const logFile = join(folder, 'log.ndjson');
    await start({ logFile });
    sandbox.requestLog.setStep('look');
    await ask(`${policyPath}:getIamPolicy`);
    await fetch(`${sandbox.url}/_sandbox/step`, { method: 'POST', body: '{"name":"look again"}' });
    await ask('/nothing');
    const rows = readFileSync(logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(rows, sandbox.requestLog.rows);
    assert.deepEqual(
      rows.map(({ seq, step, method, caller, status }) => [seq, step, method, caller, status]),
      [
        [1, 'look', 'run.projects.locations.services.getIamPolicy', 'admin@example.com', 200],
        [2, 'look again', '', 'admin@example.com', 501],
      ],
    );
    rmSync(folder, { recursive: true });
    assert.equal(existsSync(folder), false);
  });

  it('leaves nothing open when stopped', async () => {
    await start();
    const { url } = sandbox;
    await ask('/_sandbox/health');
    await sandbox.stop();
    await assert.rejects(fetch(`${url}/_sandbox/health`));
    await start();
  });
});
