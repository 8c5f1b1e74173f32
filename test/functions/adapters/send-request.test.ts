import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { sendRequest } from '../../../functions/adapters/send-request.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../sandbox/loopback-server.ts';

describe('a plain request', () => {
  let server: LoopbackServer;
  const seen: string[] = [];

  before(async () => {
    server = await startLoopbackServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end();
      else if (request.url === '/half') response.writeHead(200, { 'content-length': '10' }).write('half');
      else if (request.url === '/small') response.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}'));
      else if (request.url === '/broken') response.setHeader('content-encoding', 'gzip').end('{"a":1}');
      else if (request.url !== '/never') request.pipe(response.setHeader('content-type', 'text/plain'));
    });
  });
  after(() => server.stop());

  const ask = (path: string, body?: string) =>
    sendRequest({
      method: body === undefined ? 'GET' : 'POST',
      url: `http://${server.host}${path}`,
      headers: {},
      timeoutMs: 200,
      ...(body === undefined ? {} : { body }),
    });

  it('sends the body and gives back the whole answer', async () => {
    assert.deepEqual(await ask('/echo', 'grüße'), { status: 200, text: 'grüße', contentType: 'text/plain' });
  });

  it('opens a compressed answer', async () => {
    assert.equal((await ask('/small')).text, '{"a":1}');
    await assert.rejects(ask('/broken'), { code: 'Z_DATA_ERROR' });
  });

  it('does not follow a redirect, so that a token never goes where it was not sent', async () => {
    assert.equal((await ask('/moved')).status, 302);
    assert.ok(!seen.includes('GET /elsewhere'));
  });

  it('throws when the answer does not come in time, or not whole', async () => {
    await assert.rejects(ask('/never'), { code: 'ETIMEDOUT' });
    await assert.rejects(ask('/half'), { code: 'ETIMEDOUT' });
  });

  it('throws with the code of a broken connection', async () => {
    await assert.rejects(
      sendRequest({ method: 'GET', url: 'http://127.0.0.1:1/', headers: {}, timeoutMs: 200 }),
      ({ code }: NodeJS.ErrnoException) => code === 'ECONNREFUSED',
    );
  });
});
