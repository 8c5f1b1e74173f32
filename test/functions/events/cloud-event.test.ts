import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseAuditLog } from '../../../functions/events/audit-log.ts';
import { openCloudEvent } from '../../../functions/events/cloud-event.ts';
import { asEventarc, asPubsubBody, asPubsubEvent, auditEntry } from '../../support/audit-entry.ts';
import { sharedData } from '../../support/shared-data.ts';

describe('opening an event', () => {
  it('finds the entry and the id that delivery gave it', () => {
    const entry = auditEntry();
    assert.deepEqual(openCloudEvent(asEventarc(entry, 'e')), { entry, eventId: 'e' });
    assert.deepEqual(openCloudEvent(asPubsubEvent(entry, 'm')), { entry, eventId: 'm' });
    assert.deepEqual(openCloudEvent(asPubsubBody(entry, 'b')), { entry, eventId: 'b' });
    assert.deepEqual(openCloudEvent(entry), { entry });
  });

  it('takes data that came as text', () => {
    assert.deepEqual(openCloudEvent(asEventarc(JSON.stringify({ a: 1 }))).entry, { a: 1 });
  });

  it("takes Google's own example of a structured audit event", function () {
    const path = sharedData('events/examples/structured/audit/LogEntryData-bigqueryjobcompleted.json');
    if (!path) return this.skip();
    const { entry, eventId } = openCloudEvent(JSON.parse(readFileSync(path, 'utf8')));
    assert.match(eventId ?? '', /^projects\/test-project\/logs/);
    assert.equal(parseAuditLog(entry).protoPayload.methodName, 'jobservice.jobcompleted');
  });
});
