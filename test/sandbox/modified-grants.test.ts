import assert from 'node:assert/strict';
import { buildAccessToken } from '../../sandbox/access-token.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';

describe('an account that may change grants of roles/run.invoker only', () => {
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  beforeEach(async () => {
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud);
  });
  afterEach(() => sandbox.stop());

  it('adds a member to it', async () => {
    assert.equal(await write([{ role: 'roles/run.invoker', members: ['user:ada@example.com'] }]), 200);
  });

  it('adds no other role, alone or along with it', async () => {
    const admin = { role: 'roles/run.admin', members: ['user:mallory@example.com'] };
    assert.equal(await write([admin]), 403);
    assert.equal(await write([{ role: 'roles/run.invoker', members: ['user:ada@example.com'] }, admin]), 403);
  });

  it('takes no other role away', async () => {
    sandbox.cloud.policies.set(service(), {
      etag: 'BwYAAAAAAAE=',
      bindings: [{ role: 'roles/run.viewer', members: ['user:ada@example.com'] }],
    });
    assert.equal(await write([]), 403);
  });

  function service(): string {
    return `projects/${estate.projectId}/locations/${estate.regions[0]}/services/${estate.service}`;
  }

  async function write(bindings: readonly object[]): Promise<number> {
    const response = await fetch(`${sandbox.url}/v1/${service()}:setIamPolicy`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${buildAccessToken(estate.reconcileAccount)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ policy: { bindings } }),
    });
    return response.status;
  }
});
