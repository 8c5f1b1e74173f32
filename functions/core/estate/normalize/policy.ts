import type { Policy } from '../../inventory.ts';
import { parseRecord } from './fields.ts';

/** An IAM policy, the very object that was given with all its fields; undefined when it is none. A policy without bindings is one. */
export function parsePolicy(raw: unknown): Policy | undefined {
  const policy = parseRecord(raw);
  if (!policy) return undefined;
  const { bindings = [] } = policy;
  return Array.isArray(bindings) && bindings.every(isBinding) ? (policy as Policy) : undefined;
}

function isBinding(raw: unknown): boolean {
  const binding = parseRecord(raw);
  const members = binding?.['members'] === undefined ? [] : binding['members'];
  return (
    typeof binding?.['role'] === 'string' &&
    Array.isArray(members) &&
    members.every((member) => typeof member === 'string') &&
    // JSON's null is an unset field to Google's own readers: an empty condition, so none.
    parseRecord(binding['condition'] ?? {}) !== undefined
  );
}
