import { html } from 'hono/html';
import type { ComplianceReport } from '../compliance-report.ts';
import { spanText } from '../count-days.ts';

/** One sentence that says how it stands, and the numbers behind it. */
export function renderSummary(report: ComplianceReport) {
  const { scan, history, unreadableProjects } = report;
  const { summary } = scan;
  const { findings } = summary;
  const serious = findings.critical + findings.high;
  const mean = history?.repairs.meanMs;
  return html`<section>
<p class="verdict ${verdictOf(report).kind}">${verdictOf(report).text}<small>${verdictOf(report).detail}</small></p>
<div class="tiles">
  <div class="tile"><b>${summary.accessPaths === 0 ? '–' : `${summary.compliantAccessPaths} / ${summary.accessPaths}`}</b><span>access paths compliant</span></div>
  <div class="tile"><b>${serious}</b><span>critical or high findings</span></div>
  <div class="tile"><b>${mean === undefined ? '–' : spanText(mean)}</b><span>mean time to repair</span></div>
  <div class="tile"><b>${scan.unreadable.length + unreadableProjects.length}</b><span>things that could not be read</span></div>
</div>
<h2>Coverage</h2>
<table>
<tr><th>What was looked at</th><th class="n">Number</th></tr>
<tr><td>Projects in scope, of which ${unreadableProjects.length} could not be read</td><td class="n">${report.projects.length}</td></tr>
<tr><td>Backend services, of which ${summary.iapSecuredBackends} have IAP on</td><td class="n">${summary.backendServices}</td></tr>
<tr><td>Cloud Run services that IAP leads to</td><td class="n">${summary.services}</td></tr>
<tr><td>Access paths (backend, network endpoint group, regional service; or a service with IAP of its own)</td><td class="n">${summary.accessPaths}</td></tr>
<tr><td>Findings: critical ${findings.critical}, high ${findings.high}, medium ${findings.medium}, low ${findings.low}, info ${findings.info}</td><td class="n">${scan.findings.length}</td></tr>
<tr><td>Findings that an exemption covers</td><td class="n">${scan.exempt.length}</td></tr>
</table>
</section>`;
}

interface Verdict {
  readonly kind: 'ok' | 'bad' | 'gap' | 'none';
  readonly text: string;
  readonly detail: string;
}

/** What was not read weighs as much as what is wrong: it is never "compliant". */
function verdictOf({ scan, unreadableProjects, projects }: ComplianceReport): Verdict {
  const { accessPaths, compliantAccessPaths, findings } = scan.summary;
  const gaps = scan.unreadable.length + unreadableProjects.length;
  const serious = findings.critical + findings.high;
  const less = scan.findings.length - serious;
  const exempt = scan.exempt.length;
  const rest = [
    less > 0 ? ` ${less} lesser ${less === 1 ? 'finding is' : 'findings are'} below.` : '',
    exempt > 0
      ? ` ${exempt} ${exempt === 1 ? 'finding is' : 'findings are'} exempt by somebody’s decision: see below.`
      : '',
  ].join('');
  if (compliantAccessPaths < accessPaths || serious > 0) {
    return {
      kind: 'bad',
      text: `Not compliant: ${accessPaths - compliantAccessPaths} of ${accessPaths} access paths, ${serious} serious ${serious === 1 ? 'finding' : 'findings'}.`,
      detail:
        gaps > 0
          ? `And ${gaps} ${gaps === 1 ? 'thing' : 'things'} could not be read.${rest}`
          : `Everything in scope was read.${rest}`,
    };
  }
  if (gaps > 0 || projects.length === 0) {
    return {
      kind: 'gap',
      text: `Not known: ${gaps} ${gaps === 1 ? 'thing' : 'things'} could not be read.`,
      detail: `What was read has no serious finding: ${compliantAccessPaths} of ${accessPaths} access paths.${rest}`,
    };
  }
  if (accessPaths === 0) {
    return {
      kind: 'none',
      text: 'There is no access path to judge.',
      detail: `Everything in scope was read: IAP leads to no Cloud Run service.${rest}`,
    };
  }
  return {
    kind: 'ok',
    text: accessPaths === 1 ? 'The one access path is compliant.' : `All ${accessPaths} access paths are compliant.`,
    detail: `Everything in scope was read.${rest}`,
  };
}
