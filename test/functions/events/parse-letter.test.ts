import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildDeadLetter } from '../../../functions/adapters/dead-letter.ts';
import { parseLetter } from '../../../functions/events/parse-letter.ts';
import { auditEntry } from '../../support/audit-entry.ts';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const parse = (value: unknown, attributes: Readonly<Record<string, string>> = {}) =>
  parseLetter({ data: encode(value), attributes });

describe('a dead letter', () => {
  it('is read as it was written', () => {
    const facts = {
      why: 'Compute is busy',
      project: 'shop-prod',
      eventId: 'e',
      method: 'm',
      actor: 'ann@acme.example',
    };
    const written = buildDeadLetter(facts, 'read-failed');
    assert.deepEqual({ ...parse(written) }, { ...written });
  });

  it('is the event itself where Pub/Sub gave up', () => {
    const { code, project, why, actor } = parse(auditEntry(), { CloudPubSubDeadLetterSourceDeliveryCount: '7' });
    assert.deepEqual(
      [code, project, why, actor],
      ['not-delivered', 'shop-prod', 'not delivered in 7 attempts', 'ada@example.com'],
    );
  });

  it('names no project where the event would have started nothing', () => {
    const read = auditEntry({ payload: { methodName: 'google.cloud.run.v1.Services.GetService' } });
    assert.equal(parse(read).project, undefined);
    assert.deepEqual([parse('no JSON').code, parse('no JSON').project], ['event-unusable', undefined]);
  });

  it('names no project that could not be one', () => {
    for (const project of ['', '../../etc', 'a b', 'UPPER', 'x'.repeat(64), '-x1', '*']) {
      assert.equal(parse({ code: 'read-failed', why: '', project }).project, undefined, project);
    }
    assert.equal(parse({ code: 'read-failed', why: '', project: 'acme.example:shop' }).project, 'acme.example:shop');
  });

  it('never throws, and has a code and a reason, whatever lies on the topic', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.string()),
        fc.dictionary(fc.string(), fc.string()),
        (value, attributes) => {
          const { code, why } = parse(value, attributes);
          assert.match(code, /^[a-z-]+$/);
          assert.equal(typeof why, 'string');
        },
      ),
    );
  });
});
