import type { Cloud } from '../../sandbox/cloud.ts';

/** One gcloud command and what it must ask the sandbox for. */
export interface GcloudRow {
  readonly args: readonly string[];
  /** `VERB api path?query`, in order; a region before the API is part of its name; `alt` is left out, a generation is N. Every answer must be below 400, but for requests marked ` -> status`. */
  readonly requests: readonly string[];
  /** Default 0. */
  readonly code?: number;
  /** What a person must find in the output. */
  readonly output?: RegExp;
  /** What must be true of the cloud afterwards. */
  readonly holds?: (cloud: Cloud) => boolean;
}
