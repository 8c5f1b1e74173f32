import { limits } from '../limits.ts';
import { isList, isMap, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';

/** How much the variables of one execution hold. Google does not say how it counts: here texts and keys count their UTF-8 bytes, anything else 8. */
export class Memory {
  #used = 0;

  get used(): number {
    return this.#used;
  }

  /** Throws ResourceLimitError, and takes nothing, where it would be too much. */
  take(bytes: number): void {
    if (this.#used + bytes > limits.memoryBytes)
      throw raise(
        'ResourceLimitError',
        `memory usage of ${this.#used + bytes} bytes exceeds the limit of ${limits.memoryBytes}`,
      );
    this.#used += bytes;
  }
}

/** Throws ResourceLimitError for a text that is too long. */
export function measure(value: Value): number {
  if (typeof value === 'string') {
    const size = Buffer.byteLength(value);
    if (size > limits.stringBytes)
      throw raise('ResourceLimitError', `a string of ${size} bytes exceeds the limit of ${limits.stringBytes}`);
    return size;
  }
  if (value instanceof Uint8Array) return value.byteLength;
  if (isMap(value)) {
    let size = 0;
    for (const [key, each] of value) size += Buffer.byteLength(key) + measure(each);
    return size;
  }
  return isList(value) ? value.reduce((size: number, each) => size + measure(each), 0) : 8;
}
