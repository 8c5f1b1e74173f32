/** Cloud Storage: buckets and what is in them. */
export interface StorageStore {
  readonly buckets: Map<string, BucketRecord>;
  /** A number that grows: generations of objects. */
  nextGeneration(): string;
}

export interface BucketRecord {
  readonly name: string;
  /** `projects/ID`: its policy counts for the bucket. */
  readonly project: string;
  readonly projectNumber: string;
  readonly timeCreated: string;
  /** As it was asked for: location, storageClass, versioning, iamConfiguration, lifecycle, labels. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Seconds that an object stays, counted from its making. */
  readonly retentionSeconds?: number;
  readonly isVersioned: boolean;
  /** Live objects by name. */
  readonly objects: Map<string, ObjectRecord>;
  /** Older generations of a versioned bucket, oldest first. */
  readonly noncurrent: ObjectRecord[];
}

export interface ObjectRecord {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly generation: string;
  readonly metageneration: string;
  readonly timeCreated: string;
  /** cacheControl, contentEncoding, metadata and so on, as they were sent. */
  readonly given: Readonly<Record<string, unknown>>;
}

export function buildStorageStore(): StorageStore {
  let last = 0;
  return {
    buckets: new Map(),
    nextGeneration() {
      last = Math.max(Date.now() * 1000, last + 1);
      return String(last);
    },
  };
}
