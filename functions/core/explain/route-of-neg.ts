import { buildServiceName, parseComputeName } from '../estate/resource-name.ts';
import type { Inventory, Neg, RunService } from '../inventory.ts';
import type { Knock } from './hop.ts';
import { matchMask } from './match-mask.ts';
import type { Request } from './request.ts';
import { notFound } from './words.ts';

/** Where an endpoint group of a backend sends a request. */
export interface NegRoute {
  readonly knock: Knock;
  /** Absent: to nobody, or to something that is not known. */
  readonly service?: RunService;
}

export function routeOfNeg(group: string, request: Request, inventory: Inventory): NegRoute {
  const neg = inventory.negs.get(group);
  if (!neg) return unknown(`${group} was not read, or is no serverless endpoint group.`, [group]);
  const { target } = neg;
  switch (target.kind) {
    case 'run':
      return toService(neg, target.service, inventory);
    case 'function':
      return toService(neg, target.function.toLowerCase().replaceAll('_', '-'), inventory);
    case 'run-url-mask': {
      const name = matchMask(target.urlMask, request.host, request.path);
      if (name !== undefined) return toService(neg, name, inventory);
      const why = `The URL mask ${target.urlMask} finds no service in ${request.host}${request.path}.`;
      return {
        knock: { hops: [{ hop: 'neg', state: 'fail', why, read: [neg.name], commands: [] }], answer: notFound },
      };
    }
    case 'function-url-mask':
    case 'app-engine':
    case 'other-serverless':
    case 'not-serverless':
      return unknown(`${idOf(neg)} leads to something other than Cloud Run (${target.kind}).`, [neg.name]);
  }
}

function toService(neg: Neg, id: string, inventory: Inventory): NegRoute {
  const name = buildServiceName({ project: neg.project, region: neg.region, id });
  const service = inventory.services.get(name);
  const read = [neg.name];
  if (service) {
    const why = `${idOf(neg)} leads to ${id} in ${neg.region}.`;
    return { knock: { hops: [{ hop: 'neg', state: 'pass', why, read: [...read, name], commands: [] }] }, service };
  }
  const gaps = inventory.lists?.get(neg.project)?.services;
  const isWhole = gaps && !gaps.includes('*') && !gaps.includes(neg.region);
  const isRefused = inventory.unreadable.some(({ resource }) => resource === name);
  if (!isWhole || isRefused || neg.target.kind === 'function') {
    return unknown(`${idOf(neg)} leads to ${id} in ${neg.region}, which was not read.`, read);
  }
  const why = `${idOf(neg)} leads to ${id} in ${neg.region}, and there is no such service.`;
  return { knock: { hops: [{ hop: 'neg', state: 'fail', why, read, commands: [] }], answer: notFound } };
}

function unknown(why: string, read: readonly string[]): NegRoute {
  return { knock: { hops: [{ hop: 'neg', state: 'unknown', why, read, commands: [] }] } };
}

function idOf({ name }: Neg): string {
  return parseComputeName(name)?.id ?? name;
}
