import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface SallyportProcess {
  readonly child: ChildProcess;
  /** Leader of a process group of its own, as a shell gives to each command. */
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** The process and all that it has started, and they have started. */
  family(): readonly number[];
  /** Files and folders that it has left in its temporary folder. */
  leftovers(): readonly string[];
  /** Removes the temporary folder. */
  forget(): void;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Starts `sallyport …` (or `npm …`) as a person does in a shell, with a temporary folder of its own. */
export function startSallyport(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly npm?: boolean } = {},
): SallyportProcess {
  const temporary = mkdtempSync(join(tmpdir(), 'sallyport-e2e-'));
  const [command, given] = options.npm ? ['npm', args] : [process.execPath, ['cli/sallyport.mjs', ...args]];
  const began = performance.now();
  const child = spawn(command, [...given], {
    cwd: root,
    detached: true,
    env: { ...process.env, TMPDIR: temporary, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = collect(child, began);
  const pid = child.pid ?? 0;
  return {
    child,
    pid,
    ended,
    family: () => findFamily(pid),
    // npm, tsx and other programs keep caches there under names of their own.
    leftovers: () => readdirSync(temporary).filter((name) => name.startsWith('sallyport-')),
    forget: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

/** Those of the processes that are alive. */
export function findAlive(pids: readonly number[]): readonly number[] {
  return listProcesses()
    .filter(({ pid, state }) => pids.includes(pid) && !state.startsWith('Z'))
    .map(({ pid }) => pid);
}

function findFamily(leader: number): readonly number[] {
  const all = listProcesses();
  const family = new Set([leader]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent, group } of all) if (family.has(parent) || group === leader) family.add(pid);
  }
  return [...family];
}

function listProcesses(): readonly { pid: number; parent: number; group: number; state: string }[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, state = ''] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), group: Number(group), state };
    });
}

function collect(child: ChildProcess, began: number): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr, ms: performance.now() - began }));
  });
}
