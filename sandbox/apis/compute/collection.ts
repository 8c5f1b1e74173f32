import type { Cloud, ComputeRecord } from '../../cloud.ts';
import type { JsonObject } from '../parse-object.ts';
import type { Place } from './place.ts';

export type WriteVerb = 'insert' | 'patch' | 'update' | 'delete';

/** A Compute collection: what its resources have of their own. Everything they share is in read-methods and write-methods. */
export interface ComputeCollection {
  /** `backendServices`: last part of the path, and the key of the list in an aggregated answer. */
  readonly plural: string;
  /** Path parameter: `backendService`. */
  readonly singular: string;
  readonly kind: `compute#${string}`;
  /** `kind` of an aggregated answer. */
  readonly aggregatedKind: `compute#${string}`;
  /** Discovery resource that has `aggregatedList`. */
  readonly aggregatedBy: string;
  readonly scopes: readonly {
    readonly scope: 'global' | 'region';
    /** Discovery resource: `backendServices` or `regionBackendServices`; its permissions have the same name. */
    readonly resource: string;
    readonly writes: readonly WriteVerb[];
  }[];
  /** Audit entries name this monitored resource type; the id's label is `<type without gce_>_id`. */
  readonly monitoredType: string;
  readonly hasFingerprint: boolean;
  /** Checks the whole resource as it would be after the write and fills in what Compute fills in; throws 400 or 404. */
  complete(given: JsonObject, context: WriteContext): JsonObject;
  /** What a new resource changes elsewhere, e.g. a service agent. */
  afterWrite?(record: ComputeRecord, context: WriteContext): void;
  /** Output-only fields that are not stored. */
  present?(records: readonly ComputeRecord[], cloud: Cloud): readonly ComputeRecord[];
}

export interface WriteContext {
  readonly cloud: Cloud;
  readonly place: Place;
  readonly before: ComputeRecord | undefined;
}
