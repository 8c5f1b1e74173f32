import assert from 'node:assert/strict';
import { createLog, traceFields } from '../../../functions/adapters/log.ts';
import { TerminalError } from '../../../functions/errors.ts';

describe('the log', () => {
  const lines: string[] = [];
  const log = createLog({ fields: { eventId: 'e' }, write: (line) => lines.push(line) });
  const last = () => JSON.parse(lines.at(-1) ?? '');
  beforeEach(() => {
    lines.length = 0;
  });

  it("is one JSON object a line, in Cloud Logging's fields", () => {
    log.warn('event decided', { decision: 'ignored', text: 'two\nlines' });
    assert.equal(lines.length, 1);
    assert.ok(!lines[0]?.includes('\n'));
    assert.deepEqual(last(), {
      severity: 'WARNING',
      message: 'event decided',
      eventId: 'e',
      decision: 'ignored',
      text: 'two\nlines',
    });
    log.debug('a');
    log.info('b');
    log.error('c');
    assert.deepEqual(
      lines.slice(1).map((line) => JSON.parse(line).severity),
      ['DEBUG', 'INFO', 'ERROR'],
    );
  });

  it('keeps the fields of a parent in its child, and not the other way round', () => {
    log.child({ project: 'p' }).info('x', { n: 1 });
    assert.deepEqual(last(), { severity: 'INFO', message: 'x', eventId: 'e', project: 'p', n: 1 });
    log.info('y');
    assert.equal(last().project, undefined);
  });

  it('shows an error of ours as code, message and hint, and any other with its stack', () => {
    log.error('failed', { error: new TerminalError('bad-settings', 'no', { hint: 'do' }) });
    assert.deepEqual(last().error, { code: 'bad-settings', message: 'no', hint: 'do' });
    log.error('failed', { error: new RangeError('odd') });
    assert.match(last().error.stack, /RangeError: odd/);
  });

  it('never prints a secret, by its key or by its form, however deep it is', () => {
    log.info('x', {
      accessToken: 'aaa',
      iap: { oauth2ClientSecret: 'bbb', list: [{ Authorization: 'ccc' }] },
      text: 'Bearer ddd and ya29.eee and GOCSPX-fff and xoxb-1234-hhhhhh and xapp-1-A-iiiiii',
      error: new Error('refused with token ya29.ggg'),
    });
    for (const secret of ['aaa', 'bbb', 'ccc', 'ddd', 'eee', 'fff', 'ggg', 'hhh', 'iii'])
      assert.ok(!lines[0]?.includes(secret), secret);
  });

  it('survives what cannot be written as JSON', () => {
    const ring: Record<string, unknown> = { big: 1n, none: undefined };
    ring['self'] = ring;
    log.info('x', ring);
    assert.equal(last().big, '1');
  });

  it('lets no field replace severity or message', () => {
    log.info('real', { severity: 'ERROR', message: 'forged' });
    assert.equal(last().message, 'real');
    assert.equal(last().severity, 'INFO');
  });

  it('ties lines to their request', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    assert.deepEqual(traceFields({ traceparent }, 'p'), {
      'logging.googleapis.com/trace': 'projects/p/traces/0af7651916cd43dd8448eb211c80319c',
    });
    for (const event of [undefined, null, 'x', {}, { traceparent: 'x' }, { traceparent: 7 }]) {
      assert.deepEqual(traceFields(event, 'p'), {});
    }
  });
});
