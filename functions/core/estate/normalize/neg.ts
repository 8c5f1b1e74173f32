import type { Neg, NegTarget } from '../../inventory.ts';
import { parseComputeName } from '../resource-name.ts';
import { canonicalComputeName, type NormalizeOptions } from './canonical-project.ts';
import { type JsonRecord, parseRecord, parseText } from './fields.ts';

/** A network endpoint group, serverless or not, in the words of the inventory; undefined for anything else. */
export function normalizeNeg(raw: unknown, { canonicalProject, name: given }: NormalizeOptions): Neg | undefined {
  const resource = parseRecord(raw);
  const name = canonicalComputeName(given ?? resource?.['selfLink'], canonicalProject);
  const parts = name === undefined ? undefined : parseComputeName(name);
  if (!resource || name === undefined || parts?.collection !== 'networkEndpointGroups') return undefined;
  return { name, project: parts.project, region: parts.region, target: normalizeTarget(resource) };
}

function normalizeTarget(resource: JsonRecord): NegTarget {
  const type = resource['networkEndpointType'];
  if (type !== undefined && type !== 'SERVERLESS') return { kind: 'not-serverless' };
  const run = parseRecord(resource['cloudRun']);
  const service = parseText(run?.['service']);
  const tag = parseText(run?.['tag']);
  if (service !== undefined) return { kind: 'run', service, ...(tag === undefined ? {} : { tag }) };
  const runMask = parseText(run?.['urlMask']);
  if (runMask !== undefined) return { kind: 'run-url-mask', urlMask: runMask };
  const cloudFunction = parseRecord(resource['cloudFunction']);
  const functionName = parseText(cloudFunction?.['function']);
  if (functionName !== undefined) return { kind: 'function', function: functionName };
  const functionMask = parseText(cloudFunction?.['urlMask']);
  if (functionMask !== undefined) return { kind: 'function-url-mask', urlMask: functionMask };
  if (parseRecord(resource['appEngine'])) return { kind: 'app-engine' };
  return type === undefined ? { kind: 'not-serverless' } : { kind: 'other-serverless' };
}
