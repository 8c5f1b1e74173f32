import { readExport } from '../../functions/adapters/export-reader/read-export.ts';
import { settingsSchema } from '../../functions/config.ts';
import { evaluate } from '../../functions/core/evaluate.ts';
import { buildScanReport, type ScanReport } from '../../functions/reports/scan-report.ts';
import type { OracleSettings } from '../../test/oracle/oracle-types.ts';

/** What `sallyport scan --export` says, without a process of its own: the same three steps as cli/scan.ts. */
export async function scanProduct(paths: readonly string[], oracleSettings: OracleSettings): Promise<ScanReport> {
  const settings = settingsSchema.parse(toProductSettings(oracleSettings));
  const inventory = await readExport(paths, { urlMask: settings.urlMask });
  return buildScanReport(inventory, evaluate(inventory, { settings }));
}

/** The oracle's settings as sallyport.yaml writes them. */
export function toProductSettings({ identity, trustedClientProjects, urlMask, modes }: OracleSettings): object {
  return { identity: { use: identity, trustedClientProjects }, urlMask, modes };
}
