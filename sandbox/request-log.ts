import { closeSync, openSync, writeSync } from 'node:fs';

/** One thing that went over the wire: an API call, a user at the front door, a delivered event, a task. */
export interface RequestRow extends NewRequestRow {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  /** The step that was being played, see `setStep`. */
  readonly step?: string;
}

export interface NewRequestRow {
  readonly kind: 'api' | 'front-door' | 'delivery' | 'push' | 'task' | 'workflow' | 'schedule';
  /** API rows: Discovery id (empty when no route served it). */
  readonly method?: string;
  readonly verb?: string;
  readonly url?: string;
  readonly host?: string;
  /** E-mail, or empty when nobody said who they are. */
  readonly caller?: string;
  readonly status?: number;
  readonly ms?: number;
  /** The injected fault that shaped the answer. */
  readonly fault?: string;
  readonly [field: string]: unknown;
}

export interface RequestLog {
  /** All rows so far, oldest first. */
  readonly rows: readonly RequestRow[];
  add(row: NewRequestRow): RequestRow;
  /** Following rows carry this step; undefined = none. */
  setStep(name: string | undefined): void;
  close(): void;
}

/** Keeps rows in memory and, with `file`, appends each as a line of JSON at once: what was seen is not lost when the process dies. */
export function openRequestLog(
  options: { readonly file?: string | undefined; readonly now?: () => Date } = {},
): RequestLog {
  const rows: RequestRow[] = [];
  const now = options.now ?? (() => new Date());
  let descriptor = options.file === undefined ? undefined : openSync(options.file, 'a');
  let step: string | undefined;
  return {
    rows,
    add(given) {
      const row: RequestRow = {
        seq: rows.length + 1,
        at: now().toISOString(),
        ...given,
        ...(step === undefined ? {} : { step }),
      };
      rows.push(row);
      if (descriptor !== undefined) writeSync(descriptor, `${JSON.stringify(row)}\n`);
      return row;
    },
    setStep(name) {
      step = name;
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
