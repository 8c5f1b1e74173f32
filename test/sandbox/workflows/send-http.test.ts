import assert from 'node:assert/strict';
import { parseAccessToken } from '../../../sandbox/access-token.ts';
import { startLoopbackServer } from '../../../sandbox/loopback-server.ts';
import { startWorkflowLab, type WorkflowLab, workflowAccount } from './running-workflows.ts';

describe('HTTP calls of a workflow', () => {
  let lab: WorkflowLab;
  before(async () => {
    lab = await startWorkflowLab();
  });
  after(() => lab.stop());
  beforeEach(() => {
    lab.seen.length = 0;
    lab.answer = () => ({});
  });
  const call = (args: string, method = 'http.post') => `
- a: { call: ${method}, args: { url: <<sys.get_env("WORKER_URL") + "/path">>, ${args} }, result: r }
- b: { return: <<r>> }`;
  const seen = () => lab.seen[0] ?? assert.fail('nothing was sent');
  const tagOf = async (source: string) => {
    const { payload } = await lab.runToError(source);
    return (Object(payload).tags ?? [])[0];
  };

  it('OIDC brings a token of the workflow account, signed for the audience', async () => {
    await lab.run(call('auth: { type: OIDC, audience: "https://reconcile.example" }'));
    await lab.run(call('auth: { type: OIDC }'));
    const [given, byDefault] = lab.seen.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
    const ok = { ok: true, email: workflowAccount };
    assert.deepEqual(await lab.idTokens.verify(given ?? '', ['https://reconcile.example']), ok);
    assert.deepEqual(await lab.idTokens.verify(byDefault ?? '', [`${lab.worker.url}/path`]), ok);
  });

  it('OAuth2 brings an access token of the workflow account', async () => {
    await lab.run(call('auth: { type: OAuth2 }'));
    assert.equal(parseAccessToken(seen().headers.authorization?.replace('Bearer ', '') ?? '').email, workflowAccount);
  });

  it('sends maps as JSON, with what it was told in query and headers', async () => {
    await lab.run(
      call(
        'body: { a: [1, 2.0, null], b: <<1 == 1>> }, query: { q: "a b", n: [1, 2] }, headers: { X-One: 1, User-Agent: mine }',
      ),
    );
    const { method, url, headers, body } = seen();
    assert.deepEqual([method, url, body], ['POST', '/path?q=a+b&n=1&n=2', '{"a":[1,2.0,null],"b":true}']);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['x-one'], '1');
    assert.equal(headers['user-agent'], 'mine GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)');
  });

  it('sends bytes, forms and texts as what they are', async () => {
    await lab.run(call('body: <<text.encode("raw")>>'));
    await lab.run(call('body: { a: 1, b: "x y" }, headers: { Content-Type: application/x-www-form-urlencoded }'));
    await lab.run(call('body: plain, headers: { Content-Type: text/plain }'));
    assert.deepEqual(
      lab.seen.map(({ headers, body }) => [headers['content-type'], body]),
      [
        ['application/octet-stream', 'raw'],
        ['application/x-www-form-urlencoded', 'a=1&b=x+y'],
        ['text/plain', 'plain'],
      ],
    );
  });

  it('has every method', async () => {
    for (const method of ['get', 'put', 'patch', 'delete']) await lab.run(call('timeout: 10', `http.${method}`));
    await lab.run(call('method: OPTIONS', 'http.request'));
    assert.deepEqual(
      lab.seen.map(({ method }) => method),
      ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    );
  });

  it('gives JSON as a value, text as a string, an empty body as null, anything else as bytes', async () => {
    const bodies = [
      ['application/json; charset=utf-8', '{"n":1}'],
      ['application/problem+json', '[1]'],
      ['text/html', '<p>'],
      ['application/json', ''],
    ] as const;
    for (const [type, body] of bodies) {
      lab.answer = () => ({ type, body });
      const { body: got, code, headers } = Object(await lab.run(call('timeout: 10')));
      assert.deepEqual(
        [got, code, headers['Content-Type']],
        [type === 'text/html' ? '<p>' : JSON.parse(body || 'null'), 200, type],
      );
    }
    lab.answer = () => ({ type: 'image/png', body: Buffer.from([1, 2]) });
    assert.equal(await lab.run(`${call('timeout: 10').replace('<<r>>', '<<get_type(r.body)>>')}`), 'bytes');
  });

  it('raises HttpError with code, headers and body for anything but 2xx, a redirect too', async () => {
    lab.answer = () => ({ status: 409, body: '{"code":"lease-taken"}' });
    const { payload } = await lab.runToError(call('timeout: 10'));
    const { message, tags, code, body, headers } = Object(payload);
    assert.equal(message, 'HttpError: HTTP server responded with error code 409');
    assert.deepEqual(
      [tags, code, body, headers['Content-Type']],
      [['HttpError'], 409, { code: 'lease-taken' }, 'application/json'],
    );
    lab.answer = () => ({ status: 302 });
    assert.equal(await tagOf(call('timeout: 10')), 'HttpError');
  });

  it('tells a late answer, a lost connection, a closed port and bad JSON apart', async () => {
    lab.answer = () => ({ after: 300 });
    assert.equal(await tagOf(call('timeout: 0.05')), 'TimeoutError');
    lab.answer = () => ({ breaks: true });
    assert.equal(await tagOf(call('timeout: 10')), 'ConnectionError');
    const closed = await startLoopbackServer(() => undefined);
    await closed.stop();
    assert.equal(await tagOf(`- a: { call: http.get, args: { url: "${closed.url}" } }`), 'ConnectionFailedError');
    lab.answer = () => ({ body: '{' });
    assert.equal(await tagOf(call('timeout: 10')), 'ResponseTypeError');
  });

  it('calls nothing beyond this machine; the APIs of Google are the sandbox', async () => {
    assert.equal(
      await tagOf('- a: { call: http.get, args: { url: "https://example.com/" } }'),
      'ConnectionFailedError',
    );
    lab.sandbox.cloud.policies
      .get('projects/p1')
      ?.bindings?.push({ role: 'roles/viewer', members: [`serviceAccount:${workflowAccount}`] });
    const listed = await lab.run(`
- a:
    call: http.get
    args: { url: "https://workflows.googleapis.com/v1/projects/p1/locations/us-central1/workflows", auth: { type: OAuth2 } }
    result: r
- b: { return: <<len(r.body.workflows) > 0>> }`);
    assert.equal(listed, true);
  });
});
