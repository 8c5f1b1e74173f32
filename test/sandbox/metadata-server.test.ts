import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { GoogleAuth } from 'google-auth-library';
import { parseAccessToken } from '../../sandbox/access-token.ts';
import { createIdTokens, type IdTokens } from '../../sandbox/id-token.ts';
import type { LoopbackServer } from '../../sandbox/loopback-server.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';

const email = 'reconcile@estate-7.iam.gserviceaccount.com';

describe('the metadata server', () => {
  let idTokens: IdTokens;
  let server: LoopbackServer;
  const saved: Record<string, string | undefined> = {};
  const changed = [
    'GCE_METADATA_HOST',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'HOME',
    'GOOGLE_CLOUD_PROJECT',
    'GCLOUD_PROJECT',
    'CLOUDSDK_CONFIG',
  ];

  before(async () => {
    idTokens = await createIdTokens();
    server = await startMetadataServer({ email, projectId: 'estate-7', projectNumber: '700000000007', idTokens });
    for (const name of changed) {
      saved[name] = process.env[name];
      delete process.env[name];
    }
    process.env['GCE_METADATA_HOST'] = server.host;
    process.env['HOME'] = '/nonexistent';
    createRequire(import.meta.url)('gcp-metadata').resetIsAvailableCache();
  });

  after(async () => {
    for (const name of changed) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
    await server.stop();
  });

  it('lets google-auth-library log in unmodified, as the service account of its port', async () => {
    const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
    const token = await auth.getAccessToken();
    assert.deepEqual(parseAccessToken(token ?? ''), { member: `serviceAccount:${email}`, email });
    assert.equal((await auth.getCredentials()).client_email, email);
  });

  it('tells google-auth-library the project and, by 404, the default universe', async () => {
    const auth = new GoogleAuth();
    assert.equal(await auth.getProjectId(), 'estate-7');
    assert.equal(await auth.getUniverseDomain(), 'googleapis.com');
  });

  it('mints ID tokens that carry the asked audience and verify against the JWKS', async () => {
    const client = await new GoogleAuth().getIdTokenClient('https://reconcile.example/');
    const headers = new Headers(await client.getRequestHeaders());
    const token = headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
    assert.deepEqual(await idTokens.verify(token, ['https://reconcile.example/']), { ok: true, email });
    assert.deepEqual(await idTokens.verify(token, ['https://other.example/']), {
      ok: false,
      reason: 'audience',
      audience: 'https://reconcile.example/',
    });
  });

  it('refuses a request without Metadata-Flavor, so that a confused client does not get a token', async () => {
    const response = await fetch(`${server.url}/computeMetadata/v1/instance/service-accounts/default/token`);
    assert.equal(response.status, 403);
    assert.equal(response.headers.get('metadata-flavor'), 'Google');
  });

  it('lists, recurses and answers single values as the real one does', async () => {
    const get = async (path: string) => {
      const response = await fetch(`${server.url}/computeMetadata/v1/${path}`, {
        headers: { 'metadata-flavor': 'Google' },
      });
      return [response.status, await response.text()];
    };
    assert.deepEqual(await get('project/numeric-project-id'), [200, '700000000007']);
    assert.deepEqual(await get('instance/service-accounts/'), [200, `default/\n${email}/\n`]);
    assert.match(
      String((await get('instance/service-accounts/default/?recursive=true'))[1]),
      new RegExp(`"email":"${email}"`),
    );
    assert.equal((await get('universe/universe-domain'))[0], 404);
    assert.equal((await get('instance/service-accounts/somebody@else/token'))[0], 404);
    assert.equal((await get('instance/service-accounts/default/identity'))[0], 400);
  });
});
