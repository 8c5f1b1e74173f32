import { z } from 'zod';
import { GoogleError } from '../api.ts';

export type JsonObject = Record<string, unknown>;

const object = z.record(z.string(), z.unknown());

/** A request body as an object; an absent body is an empty one; throws 400 on anything else. */
export function parseObject(body: unknown): JsonObject {
  if (body === undefined) return {};
  const parsed = object.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new GoogleError(
    400,
    'INVALID_ARGUMENT',
    'Invalid JSON payload received. The root must be an object.',
    'badRequest',
  );
}

/** The value when it is a JSON object, else undefined. */
export function objectIn(value: unknown): JsonObject | undefined {
  return object.safeParse(value).data;
}
