import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chapter } from './chapters.ts';
import type { Stage } from './stage.ts';

/** Monday's job writes the compliance report; a copy of it stays when the story is over. */
export function buildReportChapter({ deployment }: Stage): Chapter {
  return {
    name: 'report',
    doing: 'the weekly job writes the compliance report',
    async play() {
      const execution = await deployment.scheduled?.runJob('sallyport-compliance-report');
      if (execution?.state !== 'SUCCEEDED') throw new Error(`no report: ${JSON.stringify(execution?.error)}`);
      const { url, summary } = JSON.parse(execution.result ?? '{}');
      const response = await fetch(url);
      const page = await response.text();
      const file = join(mkdtempSync(join(tmpdir(), 'sallyport-report-')), 'report.html');
      writeFileSync(file, page);
      const { accessPaths, compliantAccessPaths } = summary;
      return {
        title: `the weekly report: ${compliantAccessPaths} of ${accessPaths} access paths are compliant`,
        ok: response.status === 200 && accessPaths > 0 && compliantAccessPaths === accessPaths,
        report: { url, file },
      };
    },
  };
}
