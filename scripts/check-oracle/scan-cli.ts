import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComparableReport } from '../../test/oracle/compare.ts';
import type { OracleReport, OracleSettings } from '../../test/oracle/oracle-types.ts';
import { toProductSettings } from './scan-product.ts';

export interface CliAnswer {
  readonly report: ComparableReport;
  readonly exitCode: number | null;
}

/** `sallyport scan --export … --format json` in a process of its own; `input` is what `-` reads. */
export async function scanCli(
  exports: readonly string[],
  {
    settings,
    folder,
    input = '',
  }: { readonly settings: OracleSettings; readonly folder: string; readonly input?: string },
): Promise<CliAnswer> {
  const file = join(folder, 'sallyport.yaml');
  await writeFile(file, JSON.stringify(toProductSettings(settings)));
  const cli = join(import.meta.dirname, '../../cli/sallyport.mjs');
  const args = ['scan', ...exports.flatMap((path) => ['--export', path]), '--format', 'json', '--settings', file];
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (stdout === '') throw new Error(`sallyport ${args.join(' ')} ended with ${exitCode} and said: ${stderr}`);
  return { report: parseReport(stdout), exitCode };
}

function parseReport(text: string): ComparableReport {
  return JSON.parse(text) as ComparableReport;
}

/** CONTRACT 4: "Exit codes, strongest first: [...] 3 something could not be read, 1 findings at or above `--fail-on` (default `high`), 0 clean." */
export function expectedExitCode({ unreadable, findings }: OracleReport): number {
  if (unreadable.length > 0) return 3;
  return findings.some(({ severity }) => severity === 'critical' || severity === 'high') ? 1 : 0;
}
