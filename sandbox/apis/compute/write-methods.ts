import { createHash } from 'node:crypto';
import { type ApiCall, type ApiMethod, GoogleError } from '../../api.ts';
import type { Cloud, ComputeRecord } from '../../cloud.ts';
import { type JsonObject, objectIn, parseObject } from '../parse-object.ts';
import { auditRefusal, auditWrite } from './audit.ts';
import type { ComputeCollection, WriteVerb } from './collection.ts';
import { newNumericId, recordOperation } from './operation.ts';
import { invalid, keyOf, linkOf, notFound, type Place, placeOf, timestampOf } from './place.ts';
import { projectKey } from './read-methods.ts';
import { buildReferrers } from './references.ts';

const httpVerbs = { insert: 'POST', patch: 'PATCH', update: 'PUT', delete: 'DELETE' } as const;
const permissionVerbs = { insert: 'create', patch: 'update', update: 'update', delete: 'delete' } as const;
/** Fields that only Compute writes: what a client sends back of them is ignored. */
const outputOnly = new Set(['kind', 'id', 'name', 'selfLink', 'creationTimestamp', 'region', 'fingerprint', 'usedBy']);

/** insert, patch, update and delete of each scope: done at once, answered with a finished operation, audited as first and last. */
export function buildWriteMethods(collection: ComputeCollection): readonly ApiMethod[] {
  return collection.scopes.flatMap(({ scope, resource, writes }) =>
    writes.map((verb): ApiMethod => {
      const path = `/compute/v1/projects/{project}/${scope === 'global' ? 'global' : 'regions/{region}'}/${collection.plural}`;
      const permission = `compute.${resource}.${permissionVerbs[verb]}`;
      return {
        id: `compute.${resource}.${verb}`,
        document: 'compute.v1',
        verb: httpVerbs[verb],
        path: verb === 'insert' ? path : `${path}/{${collection.singular}}`,
        permission: { name: permission, on: projectKey },
        handle(call, cloud) {
          const place = placeOf(call.params, cloud);
          const target = write(collection, verb, call, cloud, place);
          const operation = recordOperation({
            operationType: verb,
            target,
            place,
            caller: call.caller,
            cloud,
          });
          auditWrite({ collection, resource, verb, permission, call, cloud, place, target, operation });
          return { status: 200, body: operation };
        },
        onRefused: (call, cloud, error) =>
          auditRefusal({ collection, resource, verb, permission, call, cloud, name: nameIn(call, collection) }, error),
      };
    }),
  );
}

function write(
  collection: ComputeCollection,
  verb: WriteVerb,
  call: ApiCall,
  cloud: Cloud,
  place: Place,
): ComputeRecord {
  const body = parseObject(call.body);
  const name = verb === 'insert' ? parseName(body['name']) : (call.params[collection.singular] ?? '');
  const key = keyOf(place, collection.plural, name);
  const before = cloud.compute.get(key);
  if (verb === 'insert' && before)
    throw new GoogleError(409, 'ALREADY_EXISTS', `The resource '${key}' already exists`, 'alreadyExists');
  if (verb !== 'insert' && !before) throw notFound(key);
  if (verb === 'delete' && before) return deleteUnused(cloud, key, before);
  if (before) checkFingerprint(collection, verb, before, body);
  const given = withoutOutputOnly(verb === 'patch' ? mergePatch(before ?? {}, body) : body);
  const context = { cloud, place, before };
  const record = {
    kind: collection.kind,
    id: before?.id ?? newNumericId(),
    creationTimestamp: before?.['creationTimestamp'] ?? timestampOf(cloud.now()),
    name,
    ...collection.complete(given, context),
    selfLink: linkOf(key),
    ...(place.region === undefined
      ? {}
      : { region: linkOf(`projects/${place.project.projectId}/regions/${place.region}`) }),
  };
  const stored: ComputeRecord = collection.hasFingerprint
    ? { ...record, fingerprint: fingerprintOf(record, before) }
    : record;
  cloud.compute.set(key, stored);
  collection.afterWrite?.(stored, context);
  return stored;
}

function nameIn(call: ApiCall, collection: ComputeCollection): string {
  return call.params[collection.singular] ?? String(objectIn(call.body)?.['name'] ?? '');
}

function parseName(name: unknown): string {
  if (typeof name === 'string' && /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw invalid('resource.name', name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
}

function deleteUnused(cloud: Cloud, key: string, record: ComputeRecord): ComputeRecord {
  const user = buildReferrers(cloud, (other) => other !== key).get(record.selfLink)?.[0];
  if (user !== undefined) {
    const by = user.slice(linkOf('').length);
    throw new GoogleError(
      400,
      'FAILED_PRECONDITION',
      `The resource '${key}' is already being used by '${by}'`,
      'resourceInUseByAnotherResource',
    );
  }
  cloud.compute.delete(key);
  return record;
}

/** A PUT needs the fingerprint, a PATCH only has to be right about it where it names one (the reference says both need it; clients leave it out). */
function checkFingerprint(
  collection: ComputeCollection,
  verb: WriteVerb,
  before: ComputeRecord,
  body: JsonObject,
): void {
  if (!collection.hasFingerprint) return;
  const given = body['fingerprint'];
  if (given === undefined && verb === 'patch') return;
  if (typeof given === 'string' && bytesOf(given).equals(bytesOf(String(before['fingerprint'])))) return;
  throw new GoogleError(412, 'FAILED_PRECONDITION', 'Invalid fingerprint.', 'conditionNotMet');
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

/** A new one for each write; in the URL alphabet with padding, the one that every client decodes. */
function fingerprintOf(record: JsonObject, before: ComputeRecord | undefined): string {
  const hash = createHash('sha256').update(JSON.stringify([record, before?.['fingerprint']]));
  return hash.digest().subarray(0, 8).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** Objects are merged member by member, null takes a member away, everything else replaces. */
function mergePatch(before: JsonObject, patch: JsonObject): JsonObject {
  const merged = { ...before };
  for (const [key, value] of Object.entries(patch)) {
    const inner = objectIn(value);
    if (value === null) delete merged[key];
    else merged[key] = inner ? mergePatch(objectIn(before[key]) ?? {}, inner) : value;
  }
  return merged;
}

function withoutOutputOnly(given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !outputOnly.has(key)));
}
