import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventarcTriggers } from '../functions/events/event-sources.ts';
import { type Deployment, type DeployOptions, deploySallyport } from '../sandbox/deploy/deploy-sallyport.ts';
import { type Sandbox, startSandbox } from '../sandbox/start-sandbox.ts';
import { type BenchEstate, type BenchEstateOptions, buildBenchEstate } from './bench-estate.ts';

export interface BenchCloudOptions extends BenchEstateOptions {
  /** Added to each API call. */
  readonly latencyMs?: number;
  readonly deploy?: Partial<Pick<DeployOptions, 'builtDir' | 'settings' | 'timeScale' | 'parts' | 'ledger'>>;
}

export interface BenchCloud {
  readonly sandbox: Sandbox;
  readonly estate: BenchEstate;
  readonly deployment: Deployment;
  stop(): Promise<void>;
}

/** A sandbox with a bench estate and Sallyport deployed in it. Calls are not held against Google's documents: that is not what is measured. */
export async function openBenchCloud(options: BenchCloudOptions): Promise<BenchCloud> {
  const { latencyMs = 0, deploy, ...estateOptions } = options;
  const noDocuments = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const sandbox = await startSandbox({ latencyMs, discoveryDir: noDocuments });
  const close = async () => {
    await sandbox.stop();
    rmSync(noDocuments, { recursive: true, force: true });
  };
  try {
    const estate = buildBenchEstate(sandbox.cloud, estateOptions);
    const methods = eventarcTriggers().map(({ methodName }) => methodName);
    const deployment = await deploySallyport({ sandbox, project: estate, accounts: estate, methods, ...deploy });
    return {
      sandbox,
      estate,
      deployment,
      async stop() {
        await deployment.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
