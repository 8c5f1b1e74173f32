import pc from 'picocolors';
import { describeChange } from '../functions/actions/index.ts';
import type { Approval } from '../functions/core/people.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';

/** Questions that wait, each with its exact list. */
export function printApprovals(approvals: readonly Approval[], now: number): string {
  return approvals.map((approval) => printApproval(approval, now)).join('\n\n');
}

/** One question: id, project, age, when it expires, and one line a change. */
export function printApproval(
  { id, project, changes, askedAt, expiresAt, state, decision }: Approval,
  now: number,
): string {
  const age = `asked ${describeSpan(now - askedAt)} ago`;
  const end = state === 'waiting' && now < expiresAt ? `expires in ${describeSpan(expiresAt - now)}` : describeEnd();
  const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  const head = `${pc.bold(id)}  ${escapeTerminal(project)}  ${count}  ${pc.dim(`${age}, ${end}`)}`;
  return [head, ...changes.map(({ change }) => `  ${pc.yellow('-')} ${escapeTerminal(describeChange(change))}`)].join(
    '\n',
  );

  function describeEnd(): string {
    if (state === 'waiting') return 'expired';
    return decision ? `${state} by ${escapeTerminal(decision.by)}` : state;
  }
}

/** Schema `sallyport.approvals/v1`; times as ISO 8601. */
export function printApprovalsJson(approvals: readonly Approval[]): string {
  const list = approvals.map(({ callbackUrl: _, askedAt, expiresAt, decision, changes, ...rest }) => ({
    ...rest,
    askedAt: new Date(askedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    ...(decision ? { decision: { ...decision, at: new Date(decision.at).toISOString() } } : {}),
    lines: changes.map(({ change }) => describeChange(change)),
    changes: changes.map(({ change }) => change),
  }));
  return JSON.stringify({ schema: 'sallyport.approvals/v1', approvals: list }, null, 2);
}

/** `3 d`, `2 h`, `5 min`, `40 s`. */
function describeSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
