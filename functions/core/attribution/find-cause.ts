import { accessorRole } from '../estate/iap-access.ts';
import { iapLevelsOf } from '../estate/iap-levels.ts';
import { parseText } from '../estate/normalize/fields.ts';
import { buildServiceName, parseComputeName } from '../estate/resource-name.ts';
import type { Finding } from '../finding.ts';
import type { Inventory, RunService } from '../inventory.ts';
import { findTurn, type LogView, type Turn } from './find-turn.ts';
import type { LoggedChange } from './logged-change.ts';
import { findGain, findLoss } from './member-turns.ts';
import { findPathTurn, isMade, sendsGroup, sendsIap } from './path-turns.ts';
import { isSameResource } from './same-resource.ts';

/**
 * The change that caused a finding, by what the log shows; undefined where it shows none, or none for sure. An entry must
 * be about the finding's own resource and show the very thing that is wrong: a deployment is no cause of a grant that is
 * gone. Pure.
 */
export function findCause(finding: Finding, view: LogView, inventory: Inventory): LoggedChange | undefined {
  const turn = searchOf(finding, inventory)?.(view);
  // Where the view is not whole, an entry before it may have shown the same already.
  return turn && (turn.isSure || view.isWhole) ? turn.change : undefined;
}

type Search = (view: LogView) => Turn | undefined;
type Shows = (change: LoggedChange) => boolean | undefined;

function searchOf(finding: Finding, inventory: Inventory): Search | undefined {
  const { rule, resource, subject } = finding;
  const turn =
    (shows: Shows): Search =>
    (view) =>
      findTurn(view, shows);
  switch (rule) {
    case 'iap-invoker-missing':
      return (view) => {
        const lost = findLoss(finding, view, inventory);
        const path = findPathTurn(finding, view);
        // Nothing was lost for sure, and the service has just come onto the path: it never had the grant.
        return lost?.isSure ? lost : (path ?? lost);
      };
    case 'contested':
      if (subject === 'ingress') return turn(serviceShows(resource, ({ ingress }) => ingress === 'all'));
      return (view) => findLoss(finding, view, inventory) ?? findGain(finding, view, inventory);
    case 'conditional-invoker':
    case 'public-invoker':
    case 'direct-invoker':
    case 'stale-iap-invoker':
    case 'broad-iap-invoker':
      return (view) => findGain(finding, view, inventory);
    case 'invoker-check-disabled':
      return turn(serviceShows(resource, ({ invokerIamDisabled }) => invokerIamDisabled));
    case 'run-url-bypass':
      return turn(serviceShows(resource, (one) => one.ingress === 'all' && !one.defaultUrlDisabled));
    case 'ingress-blocks-balancer':
      return turn(serviceShows(resource, ({ ingress }) => ingress === subject));
    case 'double-iap':
      return turn(serviceShows(resource, ({ iapEnabled }) => iapEnabled));
    case 'iap-turned-off':
      return turn((change) => negate(sendsIap(change, resource)));
    case 'cdn-with-iap':
      return turn(backendSends(resource, 'enableCDN', (value) => value === true));
    case 'http2-classic-loop':
      return turn(backendSends(resource, 'protocol', (value) => value === 'HTTP2'));
    case 'unprotected-sibling-path': {
      const negs = (inventory.backends.find(({ name }) => name === subject)?.groups ?? []).slice(0, 100);
      return turn((change) => negs.map((neg) => sendsGroup(change, subject, neg)).find((shown) => shown !== undefined));
    }
    case 'url-mask-target':
      return turn((change) => isMade(change, resource));
    case 'dangling-neg':
      return turn(isDangling(finding));
    case 'iap-open-to-all':
      return turn(accessShows(finding, inventory, (members) => members.includes(subject)));
    case 'iap-admits-nobody':
      return turn(accessShows(finding, inventory, (members) => members.length === 0));
    default:
      return undefined;
  }
}

function serviceShows(name: string, shows: (service: RunService) => boolean): Shows {
  return ({ resource, service }) => (service && isSameResource(resource, name) ? shows(service) : undefined);
}

function backendSends(name: string, field: string, shows: (value: unknown) => boolean): Shows {
  return ({ kind, resource, sent }) =>
    kind === 'backend' && isSameResource(resource, name) && sent?.[field] !== undefined
      ? shows(sent[field])
      : undefined;
}

/** A NEG's service was deleted, or the NEG was made for one that is not there. Subject: `region/service`. */
function isDangling({ resource: neg, subject }: Finding): Shows {
  const [region = '', id = ''] = subject.split('/');
  const service = buildServiceName({ project: parseComputeName(neg)?.project ?? '', region, id });
  return (change) => {
    if (change.kind === 'run-service' && isSameResource(change.resource, service)) {
      return parseText(change.verb)?.startsWith('Delete') === true;
    }
    return isMade(change, neg);
  };
}

/** IAP's policies are named by the backend's number. */
function accessShows(
  { resource: name }: Finding,
  inventory: Inventory,
  shows: (members: readonly string[]) => boolean,
): Shows {
  const backend = inventory.backends.find((one) => one.name === name);
  const levels = backend ? iapLevelsOf(inventory, backend) : [];
  return ({ kind, resource, policy }) => {
    if (kind !== 'iap-policy' || !policy || !levels.some((level) => isSameResource(resource, level))) return undefined;
    const bindings = (policy.bindings ?? []).filter(({ role }) => role === accessorRole);
    return shows(bindings.flatMap(({ members = [] }) => members));
  };
}

function negate(shown: boolean | undefined): boolean | undefined {
  return shown === undefined ? undefined : !shown;
}
