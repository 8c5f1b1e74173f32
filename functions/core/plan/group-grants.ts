import { buildGrantChange, type GrantInvoker } from '../../actions/grant-invoker.ts';
import type { StepApproval } from '../approval/approved-steps.ts';
import type { Finding } from '../finding.ts';
import type { Write } from './planned-change.ts';

export interface Grant {
  readonly action: GrantInvoker;
  readonly finding: Finding;
  readonly approval?: StepApproval;
}

export interface GroupedGrants {
  readonly writes: readonly Write[];
  /** Findings about a client ID that is on trial elsewhere. */
  readonly waiting: readonly Finding[];
}

/**
 * One write a service for agents and client IDs that IAM has taken before, the agent leading; a client ID that IAM never
 * took is tried on one service, after them (DESIGN 4). What somebody said yes to stands in a write of its own, so that the
 * ledger says of each member who approved it.
 */
export function groupGrants(grants: readonly Grant[], accepted: ReadonlySet<string>): GroupedGrants {
  const together = new Map<string, Grants>();
  const trials = new Map<string, Grant>();
  const waiting: Finding[] = [];
  for (const grant of grants) {
    const { action, finding } = grant;
    if (action.identity === 'service-agent' || accepted.has(clientIdOf(action.member))) {
      const key = `${action.resource} ${grant.approval?.id ?? ''}`;
      const others = together.get(key);
      // The agent leads, whatever the order of findings.
      if (!others) together.set(key, [grant]);
      else if (action.identity === 'service-agent') together.set(key, [grant, ...others]);
      else together.set(key, [...others, grant]);
    } else if (trials.has(action.member)) {
      waiting.push(finding);
    } else {
      trials.set(action.member, grant);
    }
  }
  const writes = [
    ...[...together.values()].map((group) => buildWrite(group, false)),
    ...[...trials.values()].map((grant) => buildWrite([grant], true)),
  ];
  return { writes, waiting };
}

/** The client ID in its member form. */
export function clientIdOf(member: string): string {
  return member.slice(member.indexOf(':') + 1);
}

type Grants = readonly [Grant, ...Grant[]];

function buildWrite([first, ...rest]: Grants, trial: boolean): Write {
  return {
    change: buildGrantChange([first.action, ...rest.map(({ action }) => action)]),
    findings: [first.finding, ...rest.map(({ finding }) => finding)],
    trial,
    ...(first.approval ? { approval: first.approval } : {}),
  };
}
