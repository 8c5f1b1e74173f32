import { request as sendRequest } from 'node:http';
import type { Cloud } from '../../../sandbox/cloud.ts';
import { startFrontDoor } from '../../../sandbox/front-door/start-front-door.ts';
import type { IdTokens } from '../../../sandbox/id-token.ts';
import { openRequestLog, type RequestRow } from '../../../sandbox/request-log.ts';
import type { Row } from './request-row.ts';
import { hosts } from './two-door-estate.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

export type Ask = (question: Partial<Row>) => Promise<Answer>;

/** Who signs: Google as the sandbox has it, and somebody else. */
export interface Signers {
  readonly idTokens: IdTokens;
  readonly forger: IdTokens;
}

/** Starts a front door for a cloud and stops it after the work; `log` are its rows. */
export async function withDoor(
  cloud: Cloud,
  { idTokens, forger }: Signers,
  work: (ask: Ask, log: readonly RequestRow[]) => Promise<void>,
): Promise<void> {
  const requestLog = openRequestLog();
  const door = await startFrontDoor({ cloud, idTokens, requestLog });
  const ask: Ask = async ({ host = hosts.iap, method = 'GET', path = '/cart', as, headers = {}, region }) => {
    const { serverless, ...plain } = headers;
    const all = {
      host,
      ...plain,
      ...(region ? { 'x-sandbox-region': region } : {}),
      ...(await credential(as, door.port)),
      ...(serverless ? { 'x-serverless-authorization': await bearer(idTokens, serverless) } : {}),
    };
    return send({ port: door.port, method, path, headers: all });
  };
  try {
    await work(ask, requestLog.rows);
  } finally {
    await door.stop();
  }

  async function credential(as: string | undefined, port: number): Promise<Record<string, string>> {
    const [kind = '', ...rest] = (as ?? '').split(' ');
    const request = rest.join(' ');
    switch (kind) {
      case '':
        return {};
      case 'cookie': {
        const signIn = await send({ port, method: 'GET', path: `/_sandbox/sign-in?user=${request}`, headers: {} });
        return { cookie: String(signIn.headers['set-cookie']).split(';')[0] ?? '' };
      }
      case 'swapped': {
        const { cookie = '' } = await credential(`cookie ${rest[0]}`, port);
        const encoded = (email = '') => Buffer.from(email).toString('base64url');
        return { cookie: cookie.replace(encoded(rest[0]), encoded(rest[1])) };
      }
      case 'token':
        return { authorization: await bearer(idTokens, request) };
      case 'expired':
        return { authorization: await bearer(idTokens, request, { expiresIn: -60 }) };
      case 'foreign':
        return { authorization: await bearer(idTokens, request, { issuer: 'https://issuer.example' }) };
      case 'forged':
        return { authorization: await bearer(forger, request) };
      case 'unsigned': {
        const [, payload] = (await bearer(idTokens, request)).split('.');
        const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
        return { authorization: `Bearer ${header}.${payload}.` };
      }
      case 'proxy':
        return { 'proxy-authorization': await bearer(idTokens, request), authorization: 'Basic abc' };
      default:
        return { authorization: as ?? '' };
    }
  }
}

async function bearer(idTokens: IdTokens, request: string, more: object = {}): Promise<string> {
  const [email = '', audience = ''] = request.split(' ');
  return `Bearer ${await idTokens.mint({ email, audience, ...more })}`;
}

interface Sent {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** node:http, because fetch neither sends a Host of our own nor keeps from following. */
function send({ port, method, path, headers }: Sent): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const request = sendRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on('error', reject);
    request.end();
  });
}
