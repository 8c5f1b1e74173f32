import { randomUUID } from 'node:crypto';
import { text } from '../library/library-function.ts';
import { mapOf, type Value, type ValueMap } from '../value.ts';
import { Cancelled, raise } from '../workflow-error.ts';
import type { CallbackRecord, WorkflowStore } from '../workflow-store.ts';

export interface CallbackOptions {
  readonly store: WorkflowStore;
  /** `projects/ID/…/executions/E` */
  readonly execution: string;
  readonly projectNumber: string;
  /** `http://127.0.0.1:PORT` */
  readonly rootUrl: string;
  /** Resolves after so many seconds of the workflow's clock; rejects when the signal aborts. */
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
}

/** A new address for this execution; its map has the `url`. */
export function createCallback(
  method: string,
  { store, execution, projectNumber, rootUrl }: CallbackOptions,
): ValueMap {
  const id = randomUUID();
  const name = `${execution}/callbacks/${id}`;
  const url = `${rootUrl}/v1/${name.replace(/^projects\/[^/]+/, `projects/${projectNumber}`)}`;
  store.callbacks.set(name, { name, url, method, payloads: [], waiters: [], isConsumed: false });
  return mapOf({ url });
}

/** What was sent to the address, now or before. Throws TimeoutError. */
export async function awaitCallback(
  callback: ValueMap,
  seconds: number,
  signal: AbortSignal,
  options: CallbackOptions,
): Promise<ValueMap> {
  const record = findCallback(text(callback.get('url'), 'callback.url'), options);
  const early = record.payloads.shift();
  if (early !== undefined) {
    record.isConsumed = true;
    return requestOf(early);
  }
  const timer = new AbortController();
  return new Promise<ValueMap>((resolve, reject) => {
    const waiter = (payload: Value) => {
      record.isConsumed = true;
      timer.abort();
      resolve(requestOf(payload));
    };
    const leave = (reason: Error) => {
      const place = record.waiters.indexOf(waiter);
      if (place >= 0) record.waiters.splice(place, 1);
      reject(reason);
    };
    record.waiters.push(waiter);
    options.sleep(seconds, AbortSignal.any([signal, timer.signal])).then(
      () => leave(raise('TimeoutError', `no callback within ${seconds} s`)),
      () => leave(new Cancelled()),
    );
  });
}

function findCallback(url: string, { store, execution }: CallbackOptions): CallbackRecord {
  for (const record of store.callbacks.values())
    if (record.url === url && record.name.startsWith(`${execution}/`)) return record;
  throw raise('ValueError', 'callback is not what events.create_callback_endpoint gave');
}

function requestOf(payload: Value): ValueMap {
  return payload instanceof Map ? payload : mapOf({ http_request: payload });
}
