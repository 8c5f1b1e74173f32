import type { DiscoveryDocument, DiscoverySchema } from './discovery-document.ts';

export interface SchemaProblem {
  readonly kind: 'unknown-field' | 'wrong-type' | 'bad-enum';
  /** `policy.bindings[0].role`; empty at the top. */
  readonly path: string;
  /** In Google's words. */
  readonly message: string;
}

/** Requests may be loose where Google is (int64 as a number, int32 as text, null = absent); responses may not. */
export type Side = 'request' | 'response';

/** Everything in `value` that a schema of the document does not allow. */
export function validateAgainstSchema(
  document: DiscoveryDocument,
  schema: DiscoverySchema,
  value: unknown,
  side: Side,
  path = '',
): SchemaProblem[] {
  if (schema.$ref !== undefined)
    return validateAgainstSchema(document, document.schemas[schema.$ref] ?? {}, value, side, path);
  if (value === null && side === 'request') return [];
  switch (schema.type) {
    case 'object':
      return isObject(value) ? validateObject(document, schema, value, side, path) : [wrongType(schema, value, path)];
    case 'array':
      if (!Array.isArray(value)) return [wrongType(schema, value, path)];
      return value.flatMap((item, index) =>
        validateAgainstSchema(document, schema.items ?? {}, item, side, `${path}[${index}]`),
      );
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return validateScalar(schema, value, side, path);
    default:
      return [];
  }
}

function validateObject(
  document: DiscoveryDocument,
  schema: DiscoverySchema,
  value: Record<string, unknown>,
  side: Side,
  path: string,
): SchemaProblem[] {
  return Object.entries(value).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (known) return validateAgainstSchema(document, known, field, side, at);
    const place = path === '' ? '' : ` at '${path}'`;
    return [
      {
        kind: 'unknown-field' as const,
        path,
        message: `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`,
      },
    ];
  });
}

function validateScalar(schema: DiscoverySchema, value: unknown, side: Side, path: string): SchemaProblem[] {
  if (!hasType(schema, value, side)) return [wrongType(schema, value, path)];
  if (schema.enum && typeof value === 'string' && !schema.enum.includes(value)) {
    return [{ kind: 'bad-enum', path, message: `Invalid value at '${path}' (TYPE_ENUM), "${value}"` }];
  }
  return [];
}

function hasType({ type, format, enum: values }: DiscoverySchema, value: unknown, side: Side): boolean {
  const isLoose = side === 'request';
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' || (isLoose && typeof value === 'string' && /^(true|false)$/i.test(value));
    case 'integer':
      return Number.isInteger(value) || (isLoose && typeof value === 'string' && /^-?\d+$/.test(value));
    case 'number':
      return typeof value === 'number' || (isLoose && typeof value === 'string' && Number.isFinite(Number(value)));
    default:
      if (typeof value === 'number') return isLoose && (isInteger64(format) || values !== undefined);
      return typeof value === 'string' && fitsFormat(format, value);
  }
}

function fitsFormat(format: string | undefined, text: string): boolean {
  if (isInteger64(format)) return /^-?\d+$/.test(text);
  if (format === 'byte') return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) && text.replaceAll('=', '').length % 4 !== 1;
  if (format === 'google-datetime' || format === 'date-time') return text === '' || !Number.isNaN(Date.parse(text));
  return true;
}

function isInteger64(format: string | undefined): boolean {
  return format === 'int64' || format === 'uint64';
}

const typeNames: Readonly<Record<string, string>> = {
  boolean: 'TYPE_BOOL',
  integer: 'TYPE_INT32',
  number: 'TYPE_DOUBLE',
  string: 'TYPE_STRING',
};

function wrongType(schema: DiscoverySchema, value: unknown, path: string): SchemaProblem {
  const name = schema.format === 'byte' ? 'TYPE_BYTES' : (typeNames[schema.type ?? ''] ?? 'TYPE_MESSAGE');
  return { kind: 'wrong-type', path, message: `Invalid value at '${path}' (${name}), ${JSON.stringify(value)}` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
