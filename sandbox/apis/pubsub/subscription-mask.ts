import { objectIn } from '../parse-object.ts';
import { invalid } from './request.ts';

/** Fields that an update may name; the others stay as they were made (pubsub.v1). */
const mutable = new Set([
  ...['ackDeadlineSeconds', 'deadLetterPolicy', 'enableExactlyOnceDelivery', 'expirationPolicy', 'labels'],
  ...['messageRetentionDuration', 'pushConfig', 'retainAckedMessages', 'retryPolicy'],
  ...['bigqueryConfig', 'bigtableConfig', 'cloudStorageConfig', 'messageTransforms'],
]);

/**
 * What an update with a field mask makes of a resource: each path, in camelCase or snake_case, at any depth
 * (`pushConfig.oidcToken.audience`), is taken from what was sent; a path that was not sent is cleared. Throws Google's 400.
 */
export function applyUpdateMask(
  current: Readonly<Record<string, unknown>>,
  sent: Readonly<Record<string, unknown>>,
  updateMask: string,
): Record<string, unknown> {
  const paths = updateMask.split(',').map((path) => toCamelCase(path.trim()));
  return paths.reduce<Record<string, unknown>>(
    (changed, path) => {
      const [field = '', ...inner] = path.split('.');
      if (!mutable.has(field) || inner.some((name) => name === '')) {
        throw invalid(
          `Invalid update_mask provided in the UpdateSubscriptionRequest: '${path}' is not a known or mutable field.`,
        );
      }
      return take(changed, sent, [field, ...inner]);
    },
    { ...current },
  );
}

function take(
  into: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, unknown>>,
  [field = '', ...inner]: readonly string[],
): Record<string, unknown> {
  const { [field]: had, ...rest } = into;
  const given = from[field];
  const value = inner.length === 0 ? given : take(objectIn(had) ?? {}, objectIn(given) ?? {}, inner);
  return value === undefined ? rest : { ...rest, [field]: value };
}

function toCamelCase(field: string): string {
  return field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
