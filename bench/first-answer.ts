import { request } from 'node:http';
import type { Message } from './bench-event.ts';

/** Posts to a port that may not listen yet, every 3 ms anew until it does; when the answer had come (performance.now). Throws unless it is 2xx. */
export async function firstAnswer(port: number, message: Message): Promise<number> {
  const giveUp = performance.now() + 30_000;
  for (;;) {
    const answer = await post(port, message);
    if (answer !== undefined) {
      const ended = performance.now();
      if (answer.status >= 200 && answer.status < 300) return ended;
      throw new Error(`the first answer was ${answer.status} ${answer.text}`);
    }
    if (performance.now() > giveUp) throw new Error(`port ${port} did not answer within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** undefined = nobody listens there yet. */
function post(port: number, { headers, body }: Message): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    asked.end(body);
  });
}
