import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { run_v1 } from 'googleapis/build/src/apis/run/v1.js';
import {
  isOutcomeUnknown,
  isTransient,
  parseGoogleFailure,
  withoutPayload,
} from '../../../functions/adapters/google-failure.ts';

/** What Google's client throws when a server behaves so, with Node's fetch and with the client's own. */
async function failureOf(behave: (socket: Socket) => void, fetchImplementation?: typeof fetch): Promise<unknown> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => behave(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const options = { rootUrl: `http://127.0.0.1:${port}/`, retry: false, timeout: 200 };
  const run = new run_v1.Run({ ...options, ...(fetchImplementation ? { fetchImplementation } : {}) });
  try {
    await run.projects.locations.services.get({ name: 'projects/p/locations/r/services/s' });
    return assert.fail('the call succeeded');
  } catch (error) {
    return error;
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function answer(status: number, body: string) {
  return (socket: Socket) =>
    socket.end(`HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${body}`);
}

describe('what a Google client’s error says', () => {
  for (const [client, implementation] of [
    ['Node’s fetch', fetch],
    ['the client’s own fetch', undefined],
  ] as const) {
    for (const [title, behave] of [
      ['a connection that is reset', (socket: Socket) => socket.resetAndDestroy()],
      ['a server that says nothing', () => undefined],
    ] as const) {
      it(`knows ${title} for a broken network whose outcome nobody knows (${client})`, async () => {
        const failure = parseGoogleFailure(await failureOf(behave, implementation));
        assert.equal(failure.isNetwork, true, JSON.stringify(failure));
        assert.equal(isTransient(failure), true);
        assert.equal(isOutcomeUnknown(failure), true);
      });
    }

    it(`reads status, state and reason of Google’s error body (${client})`, async () => {
      const error = { code: 409, message: 'm', status: 'ABORTED', errors: [{ reason: 'aborted' }] };
      const failure = parseGoogleFailure(await failureOf(answer(409, JSON.stringify({ error })), implementation));
      assert.deepEqual(failure, {
        status: 409,
        state: 'ABORTED',
        reasons: ['aborted'],
        isNetwork: false,
        message: 'm',
      });
      assert.equal(isOutcomeUnknown(failure), false);
    });

    it(`reads the status alone where a proxy answers with a page (${client})`, async () => {
      const failure = parseGoogleFailure(await failureOf(answer(502, '<html>'), implementation));
      assert.equal(failure.status, 502);
      assert.equal(isTransient(failure), true);
      assert.equal(isOutcomeUnknown(failure), true);
    });
  }

  it('reads the number of a gapic client as HTTP status and state', () => {
    const failure = parseGoogleFailure(Object.assign(new Error('7 PERMISSION_DENIED: no'), { code: 7 }));
    assert.equal(failure.status, 403);
    assert.equal(failure.state, 'PERMISSION_DENIED');
  });

  it('takes nothing thrown for an error of Google’s', () => {
    for (const thrown of [undefined, null, 'text', 7, new TypeError('x')]) {
      const failure = parseGoogleFailure(thrown);
      assert.equal(failure.status, undefined);
      assert.equal(isTransient(failure), false);
    }
  });

  it('keeps no request, header or body in the error that goes into a log', async () => {
    const plain = withoutPayload(await failureOf(answer(403, '{"error":{"code":403,"message":"no"}}'), fetch));
    assert.deepEqual(Object.keys(plain), []);
    assert.equal(plain.cause, undefined);
    assert.match(plain.stack ?? '', /no/);
  });
});
