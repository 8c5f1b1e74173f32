/** A line at the foot of the terminal that shows what goes on, and for how long; it leaves no trace. */
export interface WaitingLine {
  show(text: string): void;
  clear(): void;
}

const everyMs = 100;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** On a terminal only; elsewhere it is silent. */
export function createWaitingLine(stream: NodeJS.WriteStream = process.stdout): WaitingLine {
  let timer: NodeJS.Timeout | undefined;
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  return { show, clear };

  function show(text: string): void {
    clear();
    const began = performance.now();
    const draw = () => {
      const ms = performance.now() - began;
      const frame = frames[Math.floor(ms / everyMs) % frames.length];
      const line = `  ${frame} ${text} (${(ms / 1000).toFixed(1)} s)`;
      stream.write(`\r\x1b[K${line.slice(0, Math.max(0, stream.columns - 1))}`);
    };
    draw();
    timer = setInterval(draw, everyMs);
    timer.unref();
  }

  function clear(): void {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    stream.write('\r\x1b[K');
  }
}
