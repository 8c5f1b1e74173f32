/**
 * What is done with one line: bytes `start` to `end` of `bytes` without the line end; only valid during the call. `isOpen`:
 * the file ended without a line end behind it, as one does that was cut off.
 */
export type OnLine = (bytes: Buffer, start: number, end: number, line: number, isOpen: boolean) => void;

export interface LineSplitter {
  write(chunk: Buffer): void;
  /** The last line may lack its line end. */
  end(): void;
}

const newline = 10;

/** A line beyond this is no asset: its text could not be held, so it is given out cut, and does not parse. */
const maxLineBytes = 128 * 1024 * 1024;

/** Cuts pieces of a file into lines, numbered from 1; where the pieces are cut makes no difference. */
export function createLineSplitter(onLine: OnLine): LineSplitter {
  let line = 0;
  let open: Buffer[] = [];
  let openBytes = 0;

  const keep = (piece: Buffer): void => {
    if (piece.length === 0 || openBytes > maxLineBytes) return;
    // A copy: the piece is valid only until the next one.
    open.push(Buffer.from(piece));
    openBytes += piece.length;
  };
  const closeOpen = (isOpen: boolean): void => {
    const whole = open.length === 1 && open[0] ? open[0] : Buffer.concat(open);
    open = [];
    openBytes = 0;
    line += 1;
    onLine(whole, 0, Math.min(whole.length, maxLineBytes), line, isOpen);
  };

  return {
    write: (chunk) => {
      let at = 0;
      if (openBytes > 0) {
        const end = chunk.indexOf(newline);
        keep(chunk.subarray(0, end === -1 ? chunk.length : end));
        if (end === -1) return;
        closeOpen(false);
        at = end + 1;
      }
      for (let end = chunk.indexOf(newline, at); end !== -1; end = chunk.indexOf(newline, at)) {
        line += 1;
        onLine(chunk, at, end, line, false);
        at = end + 1;
      }
      keep(chunk.subarray(at));
    },
    end: () => {
      if (openBytes > 0) closeOpen(true);
    },
  };
}
