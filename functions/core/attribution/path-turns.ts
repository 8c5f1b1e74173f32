import { parseList, parseRecord, parseText } from '../estate/normalize/fields.ts';
import { parseComputeLink } from '../estate/resource-name.ts';
import type { Finding } from '../finding.ts';
import { findTurn, type LogView, laterTurn, type Turn } from './find-turn.ts';
import type { LoggedChange } from './logged-change.ts';
import { isSameResource } from './same-resource.ts';

/** The change that put a service on the access paths of a finding: IAP switched on, a NEG made or added, direct IAP. */
export function findPathTurn({ resource, via }: Pick<Finding, 'resource' | 'via'>, view: LogView): Turn | undefined {
  const turns = via.map((path) => {
    const [backend = '', neg] = path.split(' > ');
    if (neg === undefined) return findTurn(view, (change) => servesDirectly(change, resource));
    return laterTurn(
      findTurn(view, (change) => sendsIap(change, backend)),
      findTurn(view, (change) => sendsGroup(change, backend, neg)),
      findTurn(view, (change) => isMade(change, neg)),
    );
  });
  return laterTurn(...turns);
}

/** Whether IAP is on at a backend after a change that says so. */
export function sendsIap({ kind, resource, sent }: LoggedChange, backend: string): boolean | undefined {
  const enabled = parseRecord(sent?.['iap'])?.['enabled'];
  return kind === 'backend' && isSameResource(resource, backend) && typeof enabled === 'boolean' ? enabled : undefined;
}

/** Whether a backend leads to a NEG after a change that says where it leads. */
export function sendsGroup({ kind, resource, sent }: LoggedChange, backend: string, neg: string): boolean | undefined {
  if (kind !== 'backend' || !isSameResource(resource, backend) || !Array.isArray(sent?.['backends'])) return undefined;
  const groups = parseList(sent['backends']).map((one) => parseText(parseRecord(one)?.['group']) ?? '');
  return groups.some((group) => isSameResource(parseComputeLink(group) ?? group, neg));
}

/** A thing that is made; there is nothing before it. */
export function isMade({ resource, verb }: LoggedChange, name: string): boolean | undefined {
  return isSameResource(resource, name) && (verb === 'insert' || verb.startsWith('Create')) ? true : undefined;
}

function servesDirectly({ resource, service }: LoggedChange, name: string): boolean | undefined {
  return service && isSameResource(resource, name) ? service.iapEnabled : undefined;
}
