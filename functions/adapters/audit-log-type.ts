import { type JsonRecord, parseList, parseRecord } from '../core/estate/normalize/fields.ts';

/**
 * The type of audit entries, as far as it is read, for a client that does not know it. Fields and numbers are those of
 * google/cloud/audit/audit_log.proto; `service_data` is an Any there, and a Struct here: in JSON, the only form that is
 * asked for, both are objects.
 */
const auditLog = {
  AuditLog: {
    fields: {
      status: { type: 'Status', id: 2 },
      authenticationInfo: { type: 'AuthenticationInfo', id: 3 },
      serviceName: { type: 'string', id: 7 },
      methodName: { type: 'string', id: 8 },
      resourceName: { type: 'string', id: 11 },
      serviceData: { type: 'google.protobuf.Struct', id: 15 },
      request: { type: 'google.protobuf.Struct', id: 16 },
      response: { type: 'google.protobuf.Struct', id: 17 },
    },
    nested: {
      Status: { fields: { code: { type: 'int32', id: 1 } } },
      AuthenticationInfo: {
        fields: { principalEmail: { type: 'string', id: 1 }, principalSubject: { type: 'string', id: 8 } },
      },
    },
  },
};

/** Reads the payload of one entry as the client gives it (a packed message) back as the JSON that Google sent; undefined when it is none. */
export type ReadPayload = (packed: unknown) => JsonRecord | undefined;

/**
 * Teaches a client of @google-cloud/logging the type of audit entries: in REST mode it turns JSON into messages and knows
 * only the types of its own API, so that it fails on every audit entry (docs/decisions/0014).
 */
export function teachAuditLog(client: object): ReadPayload {
  const root = parseRoot(Reflect.get(client, '_protos'));
  // All clients of a process share one root.
  const known = root.lookup('google.cloud.audit.AuditLog');
  if (!known) root.define('google.cloud.audit').addJSON(auditLog);
  const type = root.lookupType('google.cloud.audit.AuditLog');
  return (packed) => {
    const { value } = parseRecord(packed) ?? {};
    if (!(value instanceof Uint8Array)) return undefined;
    const message = parseRecord(type.toObject(type.decode(value)));
    return message && Object.fromEntries(Object.entries(message).map(([name, one]) => [name, unpackStruct(one)]));
  };
}

interface TypeRoot {
  lookup(name: string): unknown;
  define(path: string): { addJSON(types: object): unknown };
  lookupType(name: string): { decode(bytes: Uint8Array): object; toObject(message: object): unknown };
}

/** The field is not part of the client's public form: a version without it is found by the tests, not by users. */
function parseRoot(value: unknown): TypeRoot {
  const methods = ['lookup', 'define', 'lookupType'];
  if (typeof value === 'object' && value !== null && methods.every((name) => name in value)) return value as TypeRoot;
  throw new TypeError('This version of @google-cloud/logging has no types where they are looked for.');
}

function unpackStruct(value: unknown): unknown {
  const fields = parseRecord(parseRecord(value)?.['fields']);
  if (!fields) return value;
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, unpackValue(one)]));
}

/** A google.protobuf.Value says by its one field what it is. */
function unpackValue(value: unknown): unknown {
  const [[kind, inner] = []] = Object.entries(parseRecord(value) ?? {});
  switch (kind) {
    case 'structValue':
      return unpackStruct(inner) ?? {};
    case 'listValue':
      return parseList(parseRecord(inner)?.['values']).map(unpackValue);
    case 'nullValue':
      return null;
    default:
      return inner;
  }
}
